"""Pages that join several capabilities: start, directory, desk."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from huiyin.web.doors import DOORS
from huiyin.web.views import (
    categories,
    command,
    desk,
    field,
    follow,
    inbox,
    logs,
    maps,
    matter,
    mine,
    places,
    report,
    report_where,
    report_who,
    start,
    taking_in,
    terms,
    units,
    visits,
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
    path("m/", follow.ask_number, name="ask_number"),
    path("m/<str:number>", follow.follow, name="follow"),
    path("m/<str:number>/phone", follow.open_by_phone, name="open_by_phone"),
    path("m/<str:number>/do/<slug:action>", follow.act, name="act"),
    path("my/", mine.mine, name="mine"),
    path("my/data", mine.data, name="my_data"),
    path("my/data/copy", mine.copy, name="my_copy"),
    path("my/data/request", mine.data_request, name="data_request"),
    path("desk", desk.desk, name="desk"),
    path("command", command.index, name="command"),
    path("command/map.geojson", command.map_data, name="command_map"),
    path("command/<slug:which>", command.behind, name="command_list"),
    path("desk/inbox", inbox.index, name="inbox"),
    path("desk/inbox/acts", inbox.act_on_many, name="act_on_many"),
    path("desk/new", taking_in.take_in, name="take_in"),
    path("desk/new/hints", taking_in.hints, name="intake_hints"),
    path("desk/new/others", taking_in.others, name="others"),
    path("desk/new/<str:name>", taking_in.take_in, name="take_in_by"),
    path("desk/find", inbox.find, name="find_matter"),
    path("desk/matters/<str:number>", matter.matter, name="matter"),
    path("desk/matters/<str:number>/runs/<uuid:run_id>", matter.picture, name="matter_picture"),
    path(
        "desk/matters/<str:number>/runs/<uuid:run_id>/<slug:action>", matter.take, name="take_act"
    ),
    path("desk/matters/<str:number>/people/<uuid:contact_id>", matter.person, name="matter_person"),
    path("desk/matters/<str:number>/people/<uuid:contact_id>/reveal", matter.reveal, name="reveal"),
    path("field", field.today, name="field"),
    path("field/report", field.report, name="field_report"),
    path("field/kinds", field.kinds, name="field_kinds"),
    path("field/grid", field.grid, name="field_grid"),
    path("field/me", field.me, name="field_me"),
    path("field/waiting", field.waiting, name="field_waiting"),
    path("field/visits", visits.index, name="field_visits"),
    path("field/visits/<uuid:pk>", visits.visit, name="field_visit"),
    path("field/matters/<str:number>/<uuid:run_id>", field.matter, name="field_matter"),
    path("field/matters/<str:number>/<uuid:run_id>/words", field.words, name="field_words"),
    path("field/matters/<str:number>/<uuid:run_id>/<slug:action>", field.take, name="field_act"),
    path("field/photos/<uuid:pk>", field.photo, name="field_photo"),
    path("field/who", field.who, name="field_who"),
    path("field/manifest.webmanifest", field.manifest, name="field_manifest"),
    path("files/<uuid:file_id>", matter.file, name="act_file"),
    path("desk/gaps", desk.gaps, name="gaps"),
    path("desk/categories", categories.index, name="categories"),
    path("desk/terms", terms.index, name="terms"),
    path("desk/terms/<str:key>", terms.term, name="term"),
    path("desk/log", logs.index, name="access_log"),
    path("desk/log/export", logs.export, name="export_log"),
    path("desk/admin/", include("huiyin.web.urls_administration")),
]
