// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// English words that say nothing about what a text is about, as hashes of the tokens before stemming.
enum StopWords {
    static let hashes: Set<UInt64> = Set(
        words.split(separator: " ").map { word in
            TermHash.finished(word.utf8.reduce(TermHash.basis) { TermHash.adding($1, to: $0) })
        }
    )

    private static let words = """
        a about above after again against all also am an and any are arent as at be because been before being below between both \
        but by can cannot cant could couldnt did didnt do does doesnt doing dont down during each either etc few for from further \
        had hadnt has hasnt have havent having he her here hers herself him himself his how however i if in into is isnt it its \
        itself just let may me might more most must mustnt my myself neither no nor not now of off often on once only or other \
        our ours ourselves out over own per rather same shall shant she should shouldnt so some such than that the their theirs \
        them themselves then there these they this those through thus to too under until up upon us very via was wasnt we were \
        werent what when where which while who whom whose why will with within without wont would wouldnt yet you your yours \
        yourself yourselves
        """
}
