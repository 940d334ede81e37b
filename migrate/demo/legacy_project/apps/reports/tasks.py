# -*- coding: latin-1 -*-
# Berichte für die Kunden in Österreich (Jörg, 2021)
import logging
import os

from celery import shared_task

from apps.reports.models import ReportFile
from background_tasks.utils import media_path

log = logging.getLogger(__name__)

TITEL = {'tickets': 'Störungen', 'site': 'Gebäudeübersicht', 'tour': 'Rundgänge'}


@shared_task(name='translate_report_titles')
def translate_report_titles(site_id):
    # only the list, the reports themselves stay in English
    lines = []
    for report in ReportFile.objects.filter(site_id=site_id):
        titel = TITEL.get(report.report_type, report.report_type)
        lines.append('%s;%s;%d' % (titel, os.path.basename(report.path), report.rows))
    path = media_path('reports', 'uebersicht_%s.txt' % site_id)
    with open(path, 'w', encoding='latin-1') as fh:
        fh.write('Prüfung\n')
        fh.write('\n'.join(lines))
    log.info('%d Berichte', len(lines))
    return path
