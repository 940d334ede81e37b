"""The gaps of crontabs by the crontab of another Celery: pickles in and out."""

import pickle
import sys

import celery

from codemods.in_force.gaps import gaps_of


def main() -> None:
    cases = pickle.load(sys.stdin.buffer)
    found = [gaps_of(*case) for case in cases]
    pickle.dump((celery.__version__, found), sys.stdout.buffer)


main()
