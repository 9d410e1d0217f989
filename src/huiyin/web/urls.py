"""Pages that join several capabilities: start, directory, desk."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from huiyin.web.doors import DOORS
from huiyin.web.views import (
    categories,
    desk,
    follow,
    logs,
    maps,
    mine,
    places,
    report,
    report_where,
    report_who,
    start,
    terms,
    units,
)


class DoorConverter(StringConverter):
    """The name of a door that there is."""

    regex = "|".join(DOORS)


register_converter(DoorConverter, "door")

app_name = "web"

urlpatterns = [
    path("", start.start, name="start"),
    path("about", start.about, name="about"),
    path("find", start.find, name="find"),
    path("find/responsible", start.responsible, name="responsible"),
    path("find/grid-workers", places.grid_workers, name="grid_workers"),
    path("places/", places.directory, name="directory"),
    path("places/search", places.search, name="place_search"),
    path("places/locate", maps.locate, name="locate"),
    path("places/<str:code>/", places.place, name="place"),
    path("map/counties.geojson", maps.map_data, name="map_data"),
    path("units/", units.index, name="units"),
    path("units/<uuid:pk>/", units.unit, name="unit"),
    path("draft/files/<uuid:pk>", report.draft_file, name="draft_file"),
    path("<door:door>/", report.begin, name="begin"),
    path("<door:door>/what", report.what, name="what"),
    path("<door:door>/kinds", report.kinds, name="kinds"),
    path("<door:door>/where", report_where.where, name="where"),
    path("<door:door>/same", report_where.same, name="same"),
    path("<door:door>/who", report_who.who, name="who"),
    path("<door:door>/code", report_who.code, name="code"),
    path("<door:door>/sent", report_who.sent, name="sent"),
    path("<door:door>/drop", report.drop, name="drop"),
    path("m/", follow.find_matter, name="find_matter"),
    path("m/<str:number>", follow.follow, name="follow"),
    path("m/<str:number>/phone", follow.open_by_phone, name="open_by_phone"),
    path("m/<str:number>/do/<slug:action>", follow.act, name="act"),
    path("my/", mine.mine, name="mine"),
    path("my/files/<uuid:pk>", follow.own_file, name="own_file"),
    path("my/data", mine.data, name="my_data"),
    path("my/data/copy", mine.copy, name="my_copy"),
    path("my/data/request", mine.data_request, name="data_request"),
    path("desk", desk.desk, name="desk"),
    path("desk/gaps", desk.gaps, name="gaps"),
    path("desk/categories", categories.index, name="categories"),
    path("desk/terms", terms.index, name="terms"),
    path("desk/terms/<str:key>", terms.term, name="term"),
    path("desk/log", logs.index, name="access_log"),
]
