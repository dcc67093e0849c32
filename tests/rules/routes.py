# ruleid: route-without-access
@blueprint.get("/fittings")
def bad_view():
    return ""


# ruleid: route-without-access
@blueprint.route("/fittings", methods=["POST"])
@cache
def bad_view_with_something_else():
    return ""


# ok: route-without-access
@blueprint.get("/fittings")
@member("orthotist")
def good_view():
    return ""


# ok: route-without-access
@blueprint.post("/fittings", endpoint="keep")
@bearer("fittings:write")
@cache
def good_view_of_systems():
    return ""


# ok: route-without-access
@blueprint.get("/clinic/keys", endpoint="keys")
@blueprint.get("/keys", endpoint="old_keys")
@member()
def good_view_at_two_addresses():
    return ""


# ok: route-without-access
@blueprint.errorhandler(Missing)
def good_handler(error):
    return "", 404


# ruleid: forgery-check-left-out
csrf.exempt(blueprint)


# ruleid: forgery-check-left-out
@csrf.exempt
def bad_form():
    return ""


# ruleid: forgery-check-left-out
app.config.update(WTF_CSRF_ENABLED=False)
# ok: forgery-check-left-out
app.config.update(WTF_CSRF_CHECK_DEFAULT=False)


def bad_way():
    # ruleid: redirect-by-the-request
    return redirect(request.args.get("next", "/"))


def bad_way_back():
    before = request.referrer or "/"
    # ruleid: redirect-by-the-request
    return redirect(before, 303)


def good_way():
    # ok: redirect-by-the-request
    return redirect(url_for("kept.one", fitting_id=request.form["fitting"]), 303)


def cookies(answer, chosen):
    # ruleid: cookie-within-reach
    answer.set_cookie("language", chosen)
    # ruleid: cookie-within-reach
    answer.set_cookie("mark", chosen, httponly=False, secure=True, samesite="Lax")
    # ok: cookie-within-reach
    answer.set_cookie("mark", chosen, max_age=60, secure=request.is_secure, httponly=True, samesite="Lax")
    # ok: cookie-within-reach
    answer.set_cookie("mark", chosen, path="/smart", httponly=True, secure=True, samesite="None", partitioned=True)


def files(name):
    # ruleid: file-by-name-of-the-request
    send_from_directory("sheets", name)
    # ruleid: file-by-name-of-the-request
    flask.send_file(name)
    # ok: file-by-name-of-the-request
    return Response(document("sheet", fitting), mimetype="application/pdf")
