#!/usr/bin/env python2
# One-off import of the people list of the old desk application.  Ran in 2019.
import csv
import sys

from apps.core.models import Person, Site


def main(path):
    site = Site.objects.get(code='HQ')
    for row in csv.DictReader(open(path, 'rb')):
        print "importing", row['code']
        try:
            Person.objects.create(site=site, code=row['code'], full_name=row['name'])
        except Exception, e:
            print >>sys.stderr, 'skipped %s: %s' % (row['code'], e)


if __name__ == '__main__':
    main(sys.argv[1])
