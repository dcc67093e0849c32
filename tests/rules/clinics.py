def bad_read(desk, fitting_id):
    # ruleid: query-without-its-clinic
    return desk.session.execute(select(FittingRow).where(FittingRow.id == fitting_id)).scalar_one()


def bad_column(desk, fitting_id):
    # ruleid: query-without-its-clinic
    return desk.session.execute(select(FittingRow.result).where(FittingRow.id == fitting_id)).scalar_one()


def bad_count(session):
    # ruleid: query-without-its-clinic
    return session.execute(select(func.max(PatientRow.created_at))).scalar_one()


def bad_write(desk, account_id):
    # ruleid: query-without-its-clinic
    desk.session.execute(update(User).where(User.id == account_id).values(active=False))


def bad_removal(desk, patient_id):
    # ruleid: query-without-its-clinic
    desk.session.execute(delete(PatientRow).where(PatientRow.id == patient_id))


# ruleid: query-without-its-clinic
_BAD = select(FittingRow.id).where(FittingRow.id == bindparam("id"))
# ok: query-without-its-clinic
_GOOD = select(FittingRow.id).where(FittingRow.id == bindparam("id"), FittingRow.clinic_id == bindparam("own_clinic"))


def good_own(desk, fitting_id):
    # ok: query-without-its-clinic
    found = select(ApprovalRow.at).where(ApprovalRow.fitting_id == fitting_id)
    return desk.session.execute(desk.own(FittingRow).where(FittingRow.id == fitting_id, found.exists())).scalar_one()


def good_condition(desk, patient_id):
    # ok: query-without-its-clinic
    gone = delete(PatientRow).where(PatientRow.id == patient_id, PatientRow.clinic_id == desk.actor.clinic_id)
    desk.session.execute(gone)


def good_table_of_no_clinic(session, digest):
    # ok: query-without-its-clinic
    return session.execute(select(BaseProtocolRow.text).where(BaseProtocolRow.digest == digest)).scalar_one()


def bad_view(fitting_id):
    # ruleid: store-without-an-actor
    with store().looking() as session:
        return session.get(FittingRow, fitting_id)


def good_view(fitting_id):
    # ok: store-without-an-actor
    with store().reading(actor()) as desk:
        return fittings.find(desk, fitting_id)
