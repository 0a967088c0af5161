// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Passages of one handbook, and sentences as a model would write them about each: neighbours in subject, so that a wrong citation is
/// not obviously wrong.
enum CitationClaims {
    struct Entry: Sendable {
        var passage: String
        var claims: [String]
    }

    static let all: [Entry] = [
        Entry(
            passage: "Clients must retry a failed request at most 5 times. The delay doubles after each attempt, up to 60 seconds. "
                + "A request that was refused with status 400 must not be sent again, because it would be refused again.",
            claims: [
                "A failed request should be retried no more than 5 times.",
                "After each attempt the delay is doubled, up to a maximum of 60 seconds.",
                "Requests refused with status 400 must not be sent again.",
            ]
        ),
        Entry(
            passage: "Every request carries an API key in its Authorization header. Keys are stored as salted hashes and cannot be read "
                + "back. A lost key has to be replaced by an administrator of the tenant.",
            claims: [
                "Each request must include an API key in the Authorization header.",
                "API keys are kept as salted hashes, so they cannot be read back.",
                "If a key is lost, an administrator has to replace it.",
            ]
        ),
        Entry(
            passage: "Backups are taken every night at 2 o'clock and kept for 30 days. Restoring a backup takes about ten minutes per "
                + "gigabyte. The server stays readable while a backup is restored.",
            claims: [
                "A backup is taken each night at 2 o'clock and kept for 30 days.",
                "It takes around ten minutes per gigabyte to restore a backup.",
                "While a backup is being restored, the server remains readable.",
            ]
        ),
        Entry(
            passage: "The search index holds one entry per chunk. It is rebuilt from the database when its checksum is wrong, which takes "
                + "about a minute for 100,000 chunks. Until then, searches compare every vector exactly.",
            claims: [
                "The index contains one entry for every chunk.",
                "If the checksum is wrong, the index is rebuilt from the database.",
                "Rebuilding takes roughly a minute for 100,000 chunks.",
            ]
        ),
        Entry(
            passage:
                "A tenant may send 100 requests per second. Requests beyond that are answered with status 429 and the seconds to wait. "
                + "The limit is counted on each server, so it grows with the number of servers.",
            claims: [
                "Each tenant is allowed to send 100 requests per second.",
                "Requests over the limit receive status 429 along with the seconds to wait.",
                "The limit is counted per server and grows with the number of servers.",
            ]
        ),
        Entry(
            passage:
                "Documents are divided into chunks of at most 200 tokens. A chunk never crosses a heading. Neighbouring chunks overlap by "
                + "one sentence so that no thought is cut in two.",
            claims: [
                "Documents get split into chunks of up to 200 tokens.",
                "Chunks never cross headings.",
                "Neighbouring chunks overlap by one sentence.",
            ]
        ),
        Entry(
            passage: "The server writes its logs as JSON, one object per line. Questions and document texts are never logged. Each line "
                + "carries the request's id, which is also sent to the client.",
            claims: [
                "Logs are written as JSON with one object per line.",
                "The text of documents and questions is never logged.",
                "Every log line carries the request id that is also sent to the client.",
            ]
        ),
        Entry(
            passage:
                "Deleting a document removes its text, its vectors and its terms at once. The bytes on the disk are overwritten within a "
                + "minute. The reply to the deletion counts what a search could still find, which must be zero.",
            claims: [
                "When a document is deleted, its text, vectors and terms are removed immediately.",
                "Its bytes on the disk are overwritten within a minute.",
                "The deletion's reply counts what a search could still find.",
            ]
        ),
        Entry(
            passage:
                "On shutdown the server stops accepting new requests and finishes those under way within 30 seconds. Documents that are "
                + "still queued stay in the database and are indexed after the next start.",
            claims: [
                "During shutdown, requests that are under way are finished within 30 seconds.",
                "New requests are no longer accepted once shutdown begins.",
                "Queued documents stay in the database and are indexed after the next start.",
            ]
        ),
        Entry(
            passage:
                "The mountain railway was opened in 1898 and climbs 1,200 metres over nine kilometres. Its steam engines were replaced by "
                + "electric ones in 1932. In winter the upper section is closed because of avalanches.",
            claims: [
                "The railway opened in 1898.",
                "In 1932 electric engines replaced the steam engines.",
                "Because of avalanches, the upper section is closed in winter.",
            ]
        ),
        Entry(
            passage:
                "Honey bees collect nectar from flowers up to five kilometres from their hive. A forager tells the others where the flowers "
                + "are by dancing on the comb. One hive makes about 25 kilograms of surplus honey in a year.",
            claims: [
                "Bees gather nectar from flowers as far as five kilometres away from the hive.",
                "Foragers tell other bees where flowers are by dancing on the comb.",
                "A hive produces around 25 kilograms of surplus honey per year.",
            ]
        ),
        Entry(
            passage:
                "The treaty was signed by twelve states in 1957 and came into force the following year. It created a customs union without "
                + "internal tariffs. Disputes between members are decided by a court of seven judges.",
            claims: [
                "Twelve states signed the treaty in 1957.",
                "The treaty created a customs union that has no internal tariffs.",
                "A court of seven judges decides disputes between members.",
            ]
        ),
    ]
}
