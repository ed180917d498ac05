"""What happens after what. Read this first.

A photo is uploaded → it is read → its cards become contacts, companies and exchanges → the alliances around them are
assessed → each endpoint that wants to know gets a delivery → it is sent.
"""

from __future__ import annotations

from datetime import timedelta

from app.alliances import jobs as alliances
from app.alliances.events import AllianceChanged, AssessmentDue, PartnersDue, SellersDue, ThirdPairDue
from app.audit import jobs as audit
from app.books import jobs as books
from app.books.events import AccountChanged, BuyersChanged
from app.companies import jobs as companies
from app.companies.events import CompaniesMerged, CompaniesParted, CompanyLeft, CompanyRenamed, CompanySaved
from app.contacts import jobs as contacts
from app.contacts.events import (
    ContactCreated,
    ContactErased,
    ContactShared,
    ContactsMerged,
    ContactsParted,
    ContactUpdated,
    ContactWithdrawn,
    HandoverDue,
    JobChanged,
)
from app.crm import jobs as crm
from app.crm.events import ConnectionDue
from app.exchanges import jobs as exchanges
from app.exchanges.events import ExchangeRecorded, OtherHalfFound
from app.kit.chores import Chore
from app.kit.events import Flow, Reaction
from app.matches import jobs as matches
from app.matches.events import MatchConfirmed
from app.privacy import jobs as privacy
from app.privacy.events import ErasureRecorded
from app.reviews import jobs as reviews
from app.scans import jobs as scans
from app.scans.events import ScanFinished, ScanRead, ScanUploaded, ScanWithdrawn
from app.transfer import jobs as transfer
from app.transfer.events import ImportDue
from app.webhooks import jobs as webhooks
from app.webhooks.events import EndpointDisabled, EndpointDue

CHORES = (
    Chore("expire_photos", scans.expire_photos, timedelta(hours=6)),
    Chore("erase_overdue", privacy.erase_overdue, timedelta(hours=6)),
    Chore("sweep_files", scans.sweep_files, timedelta(hours=6)),
    Chore("age_alliances", alliances.age_alliances, timedelta(hours=1)),  # the first run of a day has the work
    Chore("end_matches", matches.end_matches, timedelta(minutes=10)),
    Chore("forget_halves", exchanges.forget_halves, timedelta(hours=6)),
    Chore("forget_contact_merges", contacts.forget_merges, timedelta(hours=6)),
    Chore("forget_company_merges", companies.forget_merges, timedelta(hours=6)),
    Chore("forget_webhooks", webhooks.forget_old, timedelta(hours=6)),
    Chore("forget_audit", audit.forget_old, timedelta(hours=6)),
    Chore("keep_webhook_secrets", webhooks.keep_secrets, timedelta(hours=6)),
    Chore("keep_crm_connections", crm.keep_connections, timedelta(hours=6)),
)
"""What recurs by itself."""

FLOW: Flow = {
    ScanUploaded: (Reaction(scans.read_scan, lane="read", gave_up=scans.reading_gave_up, seconds=180),),
    ImportDue: (Reaction(transfer.go_on, gave_up=transfer.gave_up, seconds=120, merged=True),),
    ScanRead: (Reaction(exchanges.absorb_reading),),
    AccountChanged: (Reaction(alliances.reassess_sellers, merged=True),),
    BuyersChanged: (Reaction(alliances.reassess_all, merged=True),),
    AssessmentDue: (Reaction(alliances.assess_company, merged=True),),
    ThirdPairDue: (Reaction(alliances.assess_third_pair, merged=True),),
    PartnersDue: (Reaction(alliances.find_partners, merged=True),),
    SellersDue: (Reaction(alliances.find_sellers, merged=True),),
    CompanySaved: (
        Reaction(alliances.reassess_company, merged=True),
        Reaction(crm.owe_company, merged=True, wanted=crm.is_connected),
    ),
    CompanyRenamed: (Reaction(contacts.follow_company, merged=True),),
    CompaniesMerged: (
        Reaction(alliances.follow_companies, merged=True),
        Reaction(webhooks.announce_merged_companies),
        Reaction(crm.owe_merged_company, merged=True),
    ),
    CompaniesParted: (
        Reaction(alliances.follow_companies, merged=True),
        Reaction(webhooks.announce_parted_companies),
        Reaction(crm.owe_parted_company, merged=True),
    ),
    ExchangeRecorded: (
        Reaction(alliances.reassess_alliances, merged=True),
        Reaction(exchanges.offer_half, merged=True),
        Reaction(crm.owe_note, merged=True),
    ),
    OtherHalfFound: (Reaction(exchanges.accept_half, merged=True),),
    ContactsMerged: (
        Reaction(alliances.reassess_merged, merged=True),
        Reaction(webhooks.announce_merged_contacts),
        Reaction(crm.owe_merged, merged=True),
    ),
    ContactsParted: (
        Reaction(alliances.reassess_parted, merged=True),
        Reaction(webhooks.announce_parted_contacts),
        Reaction(crm.owe_parted, merged=True),
    ),
    JobChanged: (Reaction(webhooks.announce_job, wanted=webhooks.anybody_listens),),
    ContactShared: (
        Reaction(exchanges.follow_shared),
        Reaction(alliances.reassess_shared, merged=True),
        Reaction(webhooks.announce_shared_contact),
        Reaction(crm.owe_shared, merged=True),
    ),
    ContactWithdrawn: (
        Reaction(exchanges.follow_withdrawn),
        Reaction(alliances.reassess_withdrawn, merged=True),
        Reaction(webhooks.withdraw_contact),
        Reaction(crm.owe_withdrawn, merged=True),
    ),
    HandoverDue: (Reaction(contacts.hand_over),),
    ScanWithdrawn: (Reaction(webhooks.withdraw_scan),),
    CompanyLeft: (Reaction(alliances.forget_company, merged=True),),
    MatchConfirmed: (Reaction(alliances.count_match),),
    ContactCreated: (
        Reaction(webhooks.announce_new_contact, wanted=webhooks.anybody_listens),
        Reaction(crm.owe_new_contact, merged=True, wanted=crm.is_connected),
    ),
    ContactUpdated: (
        Reaction(webhooks.announce_contact, wanted=webhooks.anybody_listens),
        Reaction(crm.owe_contact, merged=True, wanted=crm.is_connected),
        Reaction(books.follow_contact, merged=True),
    ),
    ContactErased: (Reaction(webhooks.announce_erased), Reaction(crm.owe_erased, merged=True)),
    ErasureRecorded: (Reaction(privacy.finish_erasure, seconds=900),),  # SQLite writes its file anew
    AllianceChanged: (Reaction(webhooks.announce_alliance),),
    ScanFinished: (Reaction(webhooks.announce_scan), Reaction(reviews.queue_cards)),
    EndpointDue: (Reaction(webhooks.deliver, lane="deliver", seconds=120, merged=True),),
    EndpointDisabled: (Reaction(webhooks.announce_disabled),),
    ConnectionDue: (Reaction(crm.push, lane="deliver", seconds=300, merged=True),),
}
