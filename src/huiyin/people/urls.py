"""Addresses of sign-in, of my account and of the staff list."""

from django.urls import path

from huiyin.people.views import account, sign_in, staff

app_name = "people"

urlpatterns = [
    path("sign-in", sign_in.with_password, name="sign_in"),
    path("sign-in/phone", sign_in.phone, name="resident_sign_in"),
    path("sign-in/phone/code", sign_in.code, name="phone_code"),
    path("sign-in/phone/again", sign_in.code_again, name="phone_code_again"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("activate/<str:token>", sign_in.activate, name="activate"),
    path("account/", account.account, name="account"),
    path("account/post", account.switch_post, name="switch_post"),
    path("account/default-post", account.default_post, name="default_post"),
    path("account/password", account.new_password, name="new_password"),
    path("account/sessions", account.end_sessions, name="end_sessions"),
    path("account/language", account.language, name="account_language"),
    path("account/looks", account.looks, name="looks"),
    path("account/acting/<uuid:post_pk>", account.let_act, name="let_act"),
    path("account/acting/<uuid:pk>/end", account.end_acting, name="end_acting"),
    path("desk/people/", staff.staff_list, name="staff_list"),
    path("desk/people/new", staff.new_staff, name="new_staff"),
    path("desk/people/<uuid:pk>/", staff.staff, name="staff"),
    path("desk/people/<uuid:pk>/phone", staff.reveal_phone, name="reveal_phone"),
    path("desk/people/<uuid:pk>/link", staff.new_link, name="new_link"),
    path("desk/people/<uuid:pk>/unlock", staff.unlock, name="unlock"),
    path("desk/people/<uuid:pk>/close", staff.close, name="close"),
    path("desk/people/<uuid:pk>/posts", staff.give_post, name="give_post"),
    path("desk/people/<uuid:pk>/posts/<uuid:post_pk>/end", staff.end_post, name="end_post"),
    path("desk/people/<uuid:pk>/posts/<uuid:post_pk>/acting", staff.let_act, name="staff_let_act"),
    path(
        "desk/people/<uuid:pk>/acting/<uuid:acting_pk>/end",
        staff.end_acting,
        name="staff_end_acting",
    ),
]
