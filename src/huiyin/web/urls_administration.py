"""Addresses of the administrator's pages, below /desk/admin/; part of the space `web`."""

from django.urls import path

from huiyin.web.views.administration import duties, landing, posts, procedures, undelivered, units

urlpatterns = [
    path("", landing.index, name="admin"),
    path("units/", units.index, name="admin_units"),
    path("units/new", units.new_unit, name="admin_new_unit"),
    path("units/<uuid:pk>/", units.unit, name="admin_unit"),
    path("units/<uuid:pk>/<slug:what>", units.change, name="admin_change_unit"),
    path("duties/", duties.index, name="admin_duties"),
    path("duties/kinds", landing.kinds, name="admin_kinds"),
    path("duties/add", duties.add, name="admin_add_duty"),
    path("duties/list", duties.take_over, name="admin_take_over_duties"),
    path("duties/list.csv", duties.as_csv, name="admin_duties_csv"),
    path("duties/who", duties.tester, name="admin_who"),
    path("duties/<int:duty_id>/end", duties.withdraw, name="admin_withdraw_duty"),
    path("posts/", posts.index, name="admin_posts"),
    path("posts/new", posts.new_post, name="admin_new_post"),
    path("procedures/", procedures.index, name="admin_procedures"),
    path("procedures/check", procedures.check, name="admin_check"),
    path("procedures/<slug:name>/", procedures.procedure, name="admin_procedure"),
    path("undelivered/", undelivered.index, name="admin_undelivered_first"),
    path(
        "undelivered/receivers/<uuid:pk>/try", undelivered.try_receiver, name="admin_try_receiver"
    ),
    path("undelivered/<slug:kind>/", undelivered.index, name="admin_undelivered"),
    path("undelivered/<slug:kind>/act", undelivered.act, name="admin_act_undelivered"),
]
