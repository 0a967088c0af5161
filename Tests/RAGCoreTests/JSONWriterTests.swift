// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func writesMembersInCallOrderWithCommasBetween() {
        let text = written { writer in
            writer.object { object in
                object.member("b", "x")
                object.member("a", 1)
                object.member("n", nil as String?)
                object.member("d", 0.5)
                object.member("t", true)
                object.key("l")
                object.array { array in
                    array.object { _ in }
                    array.array { _ in }
                    array.null()
                }
            }
        }
        #expect(text == #"{"b":"x","a":1,"n":null,"d":0.5,"t":true,"l":[{},[],null]}"#)
    }

    @Test func escapesWhatJSONRequires() {
        #expect(written { $0.string("\"\\/\n\r\t\0\u{1F}\u{7F}é\u{2028}") } == "\"\\\"\\\\/\\n\\r\\t\\u0000\\u001f\u{7F}é\u{2028}\"")
    }

    @Test func writesNumbersThatJSONCanRead() {
        #expect(written { $0.number(.nan) } == "null")
        #expect(written { $0.number(-.infinity) } == "null")
        #expect(written { $0.number(3) } == "3")
        #expect(written { $0.number(0.1) } == "0.1")
        #expect(written { $0.number(1e300) } == "1e+300")
        #expect(written { $0.number(-0.0) } == "0")
        #expect(written { $0.integer(.min) } == "-9223372036854775808")
    }
}
