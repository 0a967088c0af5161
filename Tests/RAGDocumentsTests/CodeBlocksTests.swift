// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import Foundation
import RAGCore
import Testing

@testable import RAGDocuments

struct CodeBlocksTests {
    /// Each block's path and its first line.
    private func outline(_ code: String) -> [String] {
        CodeBlocks.blocks(of: code).map { block in
            let text = code.bytes(in: block.range).map(String.init) ?? "?"
            return block.headingPath.joined(separator: " > ") + " | " + (text.split(separator: "\n").first.map(String.init) ?? "")
        }
    }

    /// Whether nothing but white space is left out, in order and without overlap.
    private func covers(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var end = 0
        for block in CodeBlocks.blocks(of: text) {
            guard block.range.lowerBound >= end, block.kind == .code, text.bytes(in: block.range) != nil else { return false }
            let gap = String(decoding: bytes[end..<block.range.lowerBound], as: UTF8.self)
            guard gap.unicodeScalars.allSatisfy(\.properties.isWhitespace) else { return false }
            end = block.range.upperBound
        }
        return String(decoding: bytes[end...], as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }

    @Test func pythonIsDividedIntoFunctionsAndMethods() {
        let code = """
            #!/usr/bin/env python3
            \"\"\"What the module does.\"\"\"

            import os

            LIMIT = 3

            # How often.
            @cached
            @retry(times=3)
            def first(a, b):
                if a:
                    return b

                return a


            class Store(Base):
                \"\"\"Keeps things.\"\"\"

                size: int = 0

                def __init__(self):
                    self.items = []

                # Adds one.
                @property
                async def add(self, item):
                    def inner():
                        return item
                    return inner

            VALUE = Store()
            """
        #expect(
            outline(code) == [
                " | #!/usr/bin/env python3", " | import os", " | LIMIT = 3", "def first(a, b) | # How often.",
                "class Store(Base) | class Store(Base):", "class Store(Base) > def __init__(self) |     def __init__(self):",
                "class Store(Base) > async def add(self, item) |     # Adds one.", " | VALUE = Store()",
            ]
        )
        #expect(covers(code))
    }

    @Test func swiftIsDividedIntoTypesAndTheirMembers() {
        let code = """
            import Foundation

            /// A place.
            public struct Place: Sendable {
                let name: String
                case red(Int)

                /// Where it is.
                @inlinable
                public func find(
                    near other: Place,
                ) async throws -> Int {
                    guard let x = go(other) else { return 0 }
                    return x
                }

                static func == (a: Place, b: Place) -> Bool { true }

                init?(_ name: String) { nil }

                var count: Int {
                    3
                }

                struct Inner {
                    func deep() {
                    }
                }
            }

            private func helper() {
            }

            extension Place: Hashable {}
            """
        let place = "public struct Place: Sendable"
        #expect(
            outline(code) == [
                " | import Foundation", "\(place) | /// A place.", "\(place) > public func find |     /// Where it is.",
                "\(place) > static func == (a: Place, b: Place) -> Bool { true } |     static func == (a: Place, b: Place) -> Bool { true }",
                "\(place) > init?(_ name: String) { nil } |     init?(_ name: String) { nil }",
                "\(place) > var count: Int |     var count: Int {",
                "\(place) > struct Inner |     struct Inner {", "\(place) > struct Inner > func deep() |         func deep() {",
                "private func helper() | private func helper() {", "extension Place: Hashable {} | extension Place: Hashable {}",
            ]
        )
        #expect(covers(code))
    }

    @Test func functionsWithoutKeywordsAreFound() {
        let c = """
            #include <stdio.h>
            #define N 3

            static int table[N];

            /*
             * Adds.
             */
            int add(int a,
                    int b)
            {
            #ifdef DEBUG
                printf("x");
            #endif
                return a + b;
            }

            struct point *make(int x)
            {
                if (x) {
                    return 0;
                }
            }

            int main(void) {
                return add(1, 2);
            }
            """
        #expect(
            outline(c) == [
                " | #include <stdio.h>", " | static int table[N];", "int add(int a | /*",
                "struct point *make(int x) | struct point *make(int x)",
                "int main(void) | int main(void) {",
            ]
        )
        #expect(covers(c))
        let java = """
            package a.b;

            /** Says hello. */
            @Service
            public class Greeter extends Base {
                private final Map<String, Integer> names = new HashMap<>();

                public Greeter(int count) {
                    super(count);
                }

                @Override
                public <T> List<T> greet(String name) throws IOException {
                    for (int i = 0; i < 3; i++) {
                        call(i);
                    }
                    return null;
                }
            }
            """
        let greeter = "public class Greeter extends Base"
        #expect(
            outline(java) == [
                " | package a.b;", "\(greeter) | /** Says hello. */",
                "\(greeter) > public Greeter(int count) |     public Greeter(int count) {",
                "\(greeter) > public <T> List<T> greet(String name) throws IOException |     @Override",
            ]
        )
    }

    @Test func otherLanguagesKeepTheirDefinitionsTogether() {
        let go =
            "package main\n\n// Run runs.\nfunc (s *Server) Run(port int) error {\n\tx := 1\n\treturn nil\n}\n\ntype Server struct {\n\tname string\n}\n"
        #expect(
            outline(go) == [
                " | package main", "func (s *Server) Run(port int) error | // Run runs.", "type Server struct | type Server struct {",
            ]
        )
        let rust =
            "#[derive(Debug)]\npub struct A(u32);\n\nimpl<T> Show for A {\n    fn show(&self) -> String\n    where\n        T: X,\n    {\n        1\n    }\n}\n"
        #expect(
            outline(rust) == [
                "pub struct A(u32); | #[derive(Debug)]", "impl<T> Show for A | impl<T> Show for A {",
                "impl<T> Show for A > fn show(&self) -> String |     fn show(&self) -> String",
            ]
        )
        let script =
            "import x from 'y';\n\nexport const load = async (id) => {\n  return id;\n};\n\nexport default class Page {\n  render() {\n    if (a) {\n      b();\n    }\n  }\n}\n\nfunction* walk() {\n}\n"
        #expect(
            outline(script) == [
                " | import x from 'y';", "export const load = async (id) | export const load = async (id) => {",
                "export default class Page | export default class Page {", "export default class Page > render() |   render() {",
                "function* walk() | function* walk() {",
            ]
        )
        let shell = "set -e\n\n# Builds.\nbuild() {\n  make\n}\n\nbuild\n"
        #expect(outline(shell) == [" | set -e", "build() | # Builds.", " | build"])
        let sql = "-- People.\nCREATE TABLE people (\n  id INT\n);\n\nSELECT 1;\n"
        #expect(outline(sql) == ["CREATE TABLE people | -- People.", " | SELECT 1;"])
        let namespace =
            "namespace A.B {\n  class C {\n    void F() {\n    }\n    int G() {\n    }\n  }\n  class D {\n    void H() {\n    }\n  }\n}\n"
        #expect(
            outline(namespace) == [
                "namespace A.B | namespace A.B {", "namespace A.B > class C |   class C {",
                "namespace A.B > class C > void F() |     void F() {",
                "namespace A.B > class C > int G() |     int G() {", "namespace A.B > class D |   class D {",
                "namespace A.B > class D > void H() |     void H() {",
            ]
        )
    }

    @Test func everyLineIsCoveredWhateverTheText() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let pieces = [
            "class A {", "    def f(x):", "\tfunc g() {", "}", "", "  ", "# c", "/* open", "close */", "@x", "é = 3", "    }", "#if X",
            "return 1;",
            "int h(", "    int y)", "{", "struct S", "\u{0C}", "        deep()",
        ]
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
            #expect(covers(text.joined(separator: "\n")), "seed \(seed)")
        }
    }

    @Test func longNamesAreCutBetweenCharacters() {
        let code = "def " + String(repeating: "é", count: 200) + "():\n    pass\n"
        let path = CodeBlocks.blocks(of: code).first?.headingPath ?? []
        #expect(path.count == 1 && path[0].utf8.count <= 120 && !path[0].contains("\u{FFFD}"))
    }

    @Test func thisPackageIsDividedIntoSmallBlocks() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/RAGPipeline")
            .resolvingSymlinksInPath()
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        var blocks = 0
        var named = 0
        for file in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(covers(text), "\(file.lastPathComponent)")
            let found = CodeBlocks.blocks(of: text)
            blocks += found.count
            named += found.filter { !$0.headingPath.isEmpty }.count
        }
        #expect(blocks > 400 && named > blocks * 6 / 10, "\(named) of \(blocks)")
    }
}
