// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

import RAGCore
import Testing

@testable import RAGDocuments

struct HTMLPageTests {
    private func markdown(_ html: String) throws -> String { try HTMLPage.markdown(of: html).text }

    @Test(arguments: [
        ("<p>One <b>bold</b>\n two</p><p>Three", "One bold two\n\nThree\n"),
        ("<h1>A</h1><h3>B <i>c</i></h3>text", "# A\n\n### B c\n\ntext\n"),
        ("<ul><li>a<li>b<ul><li>c</li></ul></li></ul>after", "- a\n- b\n  - c\n\nafter\n"),
        ("x<ol start=3><li><p>a</p><p>b</p></li><li>c</ol>", "x\n\n3. a\n\n   b\n4. c\n"),
        ("<ul><li></li><li>a</li></ul>", "- a\n"),
        ("<blockquote><p>q</p><p>r</p></blockquote>", "> q\n>\n> r\n"),
        ("<ul><li><blockquote>q</blockquote></li></ul>", "- > q\n"),
        ("<pre><code>let a = 1\n\n  b &lt; c\n</code></pre>", "```\nlet a = 1\n\n  b < c\n```\n"),
        ("<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````\n"),
        (
            "<table><caption>T</caption><tr><th>a</th><th>b|c</th></tr><tr><td>1</td><td>2<br>3</td></tr></table>",
            "T\n\n| a | b\\|c |\n| --- | --- |\n| 1 | 2 3 |\n"
        ),
        ("<table><tr><td>layout</td></tr><tr><td>cell</td></tr></table>", "layout\n\ncell\n"),
        ("a<br>b<br><br>c", "a\nb\nc\n"),
        ("10<sup>5</sup> 1<sup>st</sup> H<sub>2</sub>O", "10^5 1st H2O\n"),
        ("<a href=\"x>y\">link</a> <img src=a alt=\"a &quot;pic&quot;\">", "link a \"pic\"\n"),
        ("<script>var a = '<p>no</p>';</script><style>p{}</style><noscript>no</noscript>yes<!-- no --><template>no</template>", "yes\n"),
        ("<nav>menu</nav><p>A long enough text</p><aside>side</aside><footer>foot</footer><form>f<input></form>", "A long enough text\n"),
        ("<form><p>All of the text stands in a form.</p></form>", "All of the text stands in a form.\n"),
        ("<p>outside</p><main><p>The main part of the page</p></main>", "The main part of the page\n"),
        ("<p>a &amp; b &lt;div&gt; 1 < 2</p>", "a & b <div> 1 < 2\n"),
        ("<p>&lt;pre&gt; x</p><p>```</p>", "\\<pre> x\n\n\\```\n"),
        ("a&nbsp;b\u{A0}c", "a b c\n"),
        ("<dl><dt>t<dd>d</dl>", "t\n\nd\n"),
        ("<svg><title>icon</title><text>x</text></svg>text", "text\n"),
    ])
    func turnsIntoMarkdown(html: String, expected: String) throws {
        #expect(try markdown(html) == expected)
    }

    @Test func findsTheTitle() throws {
        #expect(try HTMLPage.markdown(of: "<title> A &amp; <b>B</title><h1>C</h1>").title == "A & <b>B")
        #expect(try HTMLPage.markdown(of: "<h1>C <i>d</i></h1>").title == "C d")
        #expect(try HTMLPage.markdown(of: "<p>x").title == nil)
    }

    @Test func refusesTooDeepNestingByName() {
        for tag in ["<div>", "<blockquote>", "<ul><li>", "<table><tr><td>", "<div></span>"] {
            let error = #expect(throws: RAGError.self) { try HTMLPage.markdown(of: String(repeating: tag, count: 100_000)) }
            #expect(error?.code == .unreadableDocument)
            #expect(error?.message.contains("nests more than 512") == true)
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "<b id=1>", "<p><b x=1>", "<a b c d e f", " a=1", "<p>", "<li>", "<td>", "<table>x</table>", "<br>", "</p>", "</br>", "<title>",
            "<svg>",
            "<script>", "<!--", "<h1>", "&", "&lt;", "<select><option>", "<table></div><div>", "<tr>", "<body a=1>", "<math><mi></math>",
        ]
    )
    func timeIsLinearInHostilePages(piece: String) {
        let page = "<p " + String(repeating: piece, count: 200_000 / piece.utf8.count)
        for html in [page, String(page.dropFirst(3))] {
            let duration = ContinuousClock().measure { _ = try? HTMLPage.markdown(of: html) }
            #expect(duration < .seconds(3), "\(piece) took \(duration)")
        }
    }

    @Test func anyPageGivesMarkdownOrAReason() {
        var random = SeededRandom()
        let loader = StandardDocumentLoader()
        for _ in 0..<2_000 {
            let bytes = random.mutated(random.joined(SeededRandom.html))
            do throws(RAGError) {
                let document = try loader.loaded(.file(bytes, name: "a.html", mediaType: nil))
                #expect(!document.text.utf8.contains(0x0D) && !document.text.utf8.contains(0), "\(random.note)")
                _ = loader.blocks(of: document.text, format: document.format)
            } catch {
                #expect(error.code == .unreadableDocument, "\(random.note): \(error)")
            }
        }
    }
}
