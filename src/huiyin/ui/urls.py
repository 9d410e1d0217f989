"""Addresses of the ground floor, below /ui/."""

from django.conf import settings
from django.urls import path

from huiyin.ui import gallery, views

app_name = "ui"

urlpatterns = [
    path("display", views.display, name="display"),
    path("language", views.language, name="language"),
    path("offline/<slug:language>", views.offline, name="offline"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service_worker"),
]

if settings.HUIYIN.mode in ("demo", "test"):
    urlpatterns += [
        path("gallery", gallery.gallery, name="gallery"),
        path("gallery/form", gallery.form, name="gallery_form"),
        path("gallery/desk", gallery.desk, name="gallery_desk"),
        path("gallery/resident", gallery.resident, name="gallery_resident"),
        path("gallery/trouble/<slug:name>", gallery.trouble, name="gallery_trouble"),
        path("gallery/map", gallery.map_page, name="gallery_map"),
        path("gallery/map.geojson", gallery.map_data, name="gallery_map_data"),
    ]
