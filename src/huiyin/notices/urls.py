"""Addresses of one's own notices, of those in trouble, and of the gateway's reports."""

from django.conf import settings
from django.urls import path

from huiyin.notices import views

app_name = "notices"

urlpatterns = [
    path("notices/", views.inbox, name="inbox"),
    path("notices/bell", views.bell, name="bell"),
    path("notices/read", views.read, name="read"),
    path("notices/<uuid:pk>/open", views.open_one, name="open"),
    path("notices/sms/report", views.sms_report, name="sms_report"),
    path("desk/notices/", views.troubled, name="troubled"),
    path("desk/notices/<uuid:pk>/resend", views.resend, name="resend"),
    path("desk/notices/<slug:channel>/try", views.try_now, name="try_now"),
    path("desk/notices/<uuid:pk>/lay-aside", views.lay_aside, name="lay_aside"),
]
# What would have been sent is shown where nothing is really sent.
if settings.HUIYIN.mode in ("demo", "test"):
    urlpatterns.append(path("demo/notices", views.demo_outbox, name="demo_outbox"))
