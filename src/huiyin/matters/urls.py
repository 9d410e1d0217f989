"""Addresses of matters that need no sign-in."""

from django.urls import path

from huiyin.matters import views

app_name = "matters"

urlpatterns = [path("l/<str:token>", views.link, name="link")]
