"""Addresses of a person's own pages. Signing in itself is in `sign_in_urls`, without a namespace."""

from django.urls import URLPattern, URLResolver, path

from sala.kernel.people import views

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", views.profile, name="me"),
    path("me/security/", views.security, name="security"),
    path("me/sign-ins/", views.sign_ins, name="sign-ins"),
    path("me/sign-ins/everywhere/", views.sign_out_everywhere, name="sign-out-everywhere"),
    path("me/sessions/<uuid:pk>/end/", views.end_session, name="end-session"),
    path("me/mandates/", views.mandates, name="mandates"),
    path("me/mandates/code/", views.mandate_code, name="mandate-code"),
    path("me/mandates/give/", views.give_mandate, name="give-mandate"),
    path("me/mandates/stop/", views.stop_acting, name="stop-acting"),
    path("me/mandates/<uuid:pk>/act/", views.act_for, name="act-for"),
    path("me/mandates/<uuid:pk>/revoke/", views.revoke_mandate, name="revoke-mandate"),
    path("me/consents/", views.consents, name="consents"),
    path("me/consents/<uuid:pk>/withdraw/", views.withdraw_consent, name="withdraw-consent"),
    path("me/second-factor/", views.second_factor, name="second-factor"),
    path("sign-in/step-up/", views.step_up, name="step-up"),
    path("sign-in/session/", views.session_left, name="session"),
]
