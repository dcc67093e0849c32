def lines(error, given, name):
    # ruleid: log-of-what-was-sent
    log.info(f"fitting of {name}")
    # ruleid: log-of-what-was-sent
    log.info("fitting of {}".format(name))
    # ruleid: log-of-what-was-sent
    log.warning("fitting of %s" % name)
    # ruleid: log-of-what-was-sent
    log.warning("fitting of " + name)
    # ruleid: log-of-what-was-sent
    log.error("cannot read %s", request.get_data())
    # ruleid: log-of-what-was-sent
    log.error("cannot read %s", request.form["name"])
    # ruleid: log-of-what-was-sent
    current_app.logger.warning("at %s", request.path)
    # ruleid: log-of-what-was-sent
    log.error("cannot read it: %s", error)
    # ruleid: log-of-what-was-sent
    log.error("cannot read it: %s", str(error))
    # ruleid: log-of-what-was-sent
    log.error("cannot read it", exc_info=True)
    # ruleid: log-of-what-was-sent
    log.info("kept %d of %s", 3, given)
    # ok: log-of-what-was-sent
    log.error("%s while answering %s %s", type(error).__name__, request.method, request.endpoint)
    # ok: log-of-what-was-sent
    log.info("kept %d rows", 3)


def line_of_a_kind(error):
    name = error.kind.__name__ if error.kind else "unknown"
    # ok: log-of-what-was-sent
    log.error("%s while answering %s", name, request.endpoint)


def faults(error):
    # ruleid: log-of-a-fault-with-its-message
    log.exception("cannot read it")
    # ruleid: log-of-a-fault-with-its-message
    way = traceback.format_exc()
    # ok: log-of-a-fault-with-its-message
    way = extract_tb(error.__traceback__)
    return way


def spoken(name):
    # ruleid: print-in-the-service
    print(name)
    # ruleid: print-in-the-service
    sys.stderr.write(name)
    # ok: print-in-the-service
    click.echo(name)
