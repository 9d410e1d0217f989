"""Ports: no two servers of ours choose the same one."""

import os
import socket

from huiyin.ops.serving import claimed_port

# Below those the kernel gives away by itself, and other ones in each process that tests.
WISH = 20_000 + os.getpid() % 10_000


def test_a_port_that_was_chosen_is_not_chosen_again_before_anybody_listens_at_it():
    with claimed_port(WISH) as first, claimed_port(WISH) as second:
        assert WISH <= first < second

    with claimed_port(WISH) as again:
        assert again == first


def test_a_port_another_program_listens_at_is_passed_over():
    with claimed_port(WISH) as taken:
        pass

    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        other.listen(1)
        with claimed_port(WISH) as beside:
            assert beside > taken
