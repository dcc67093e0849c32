def drawn(limb, given, name):
    # ruleid: markup-of-anything-but-a-drawing
    Markup(given["note"])
    # ruleid: markup-of-anything-but-a-drawing
    Markup(f"<b>{name}</b>")
    # ruleid: markup-of-anything-but-a-drawing
    Markup("<b>{}</b>".format(name))
    # ruleid: markup-of-anything-but-a-drawing
    Markup(name)
    # ok: markup-of-anything-but-a-drawing
    Markup("<b>{}</b>").format(name)
    # ok: markup-of-anything-but-a-drawing
    Markup(svg.fitting(limb, "lateral"))
    # ok: markup-of-anything-but-a-drawing
    Markup("").join(Markup(svg.fitting(limb, view)) for view in VIEWS)


def counted(rows, people, name):
    # ok: markup-of-anything-but-a-drawing
    return Markup(picture.bars(rows, people, name="whole", title=name))


def made(text):
    # ruleid: template-of-a-string
    render_template_string(text)
    # ruleid: template-of-a-string
    environment.from_string(text)
    # ruleid: template-of-a-string
    Environment(autoescape=False)
    # ok: template-of-a-string
    render_template("fitting.html", text=text)
