"""The first clinic is made once, whoever else tries at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

from afofit.store import clinics
from afofit.store.database import Store


def test_of_two_first_visitors_one_makes_the_clinic(store: Store) -> None:
    first_is_in = Event()

    def visit(name: str) -> bool:
        with store.writing(clinics.new_actor()) as desk:
            if not clinics.is_first(desk):
                return False
            clinics.found(desk, name, "030 1234")
            first_is_in.set()
            # Long enough for the other to look while this is not committed, if it did not wait.
            sleep(0.3)
            return True

    with ThreadPoolExecutor(2) as two:
        first = two.submit(visit, "North")
        assert first_is_in.wait(10)
        assert not two.submit(visit, "South").result()
        assert first.result()
    with store.looking() as session:
        assert len(clinics.ids(session)) == 1
