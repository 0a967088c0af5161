# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The web page in a headless Chromium against the real server: what people do with it, and what must never happen to them.

Needs Chromium; without it the tests are skipped, or fail where GROUNDED_REQUIRE_SERVERS=1 says that it must be there.
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

from browser import Browser, executable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Integration"))
from llm import ScriptedModel
from server import QUICK, ROOT, Server

IS_REQUIRED = os.environ.get("GROUNDED_REQUIRE_SERVERS") == "1"
KEY, READ_KEY = "red-writes-0123456789abcdef", "red-reads-0123456789abcdef"

QUESTION = "When does the quokka ferry leave the harbour?"
SENTENCE = "The quokka ferry leaves the harbour at nine — every day but Sunday."
# Before the sentence: characters of two, three and four bytes, so that bytes, UTF-16 units and characters all count differently.
HARBOUR = "# The harbour\n\n" + "Größe, 渡し船, ⛴️, 🦘 und Žluťoučký kůň. 港の時刻表。\n\n" * 60 + SENTENCE + "\n\n" + "The quay is long and grey.\n\n" * 60
CORPUS = [
    {"id": "harbour/timetable.md", "title": "Harbour timetable", "url": "https://example.org/harbour", "format": "markdown", "text": HARBOUR},
    {"id": "bakery.txt", "title": "The bakery", "text": "The bakery sells rye bread from six in the morning. Rolls are baked twice a day."},
    {"id": "museum.txt", "text": "The museum keeps the harbour's old bell. It rang when a ferry was late."},
    {"id": "library.txt", "title": "Library", "text": "Books are lent for three weeks. The reading room closes at eight in the evening."},
]

ATTACK = "<img src=x onerror=\"window.attacked=1\"><script>window.attacked=1</script>\"'><svg onload=window.attacked=1>"


class PageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if executable() is None:
            if IS_REQUIRED:
                raise AssertionError("Chromium is not installed, and GROUNDED_REQUIRE_SERVERS=1 says that it must be")
            raise unittest.SkipTest("Chromium is not installed")
        cls.base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-page-"))
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        cls.server = Server(cls.base / "data")
        cls.addClassCleanup(cls.server.stop, check=False)
        cls.server.index(CORPUS)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.end)

    def open(self, server=None, path="", problems=False, **settings):
        """A page of the server; when the test is over it must have had no problem, unless `problems` says that it may."""
        page = self.browser.page(**settings)
        self.addCleanup(page.__exit__)
        if not problems:
            self.addCleanup(lambda: self.assertEqual(page.problems, []))
        page.go(f"http://127.0.0.1:{(server or self.server).port}/{path}")
        page.wait("document.querySelector('#health').dataset.status === 'ok' || document.querySelector('#health').dataset.status === 'degraded'")
        return page

    def ask(self, page, question=QUESTION, mode="hybrid"):
        page.run(f"document.querySelector('[name=mode][value={mode}]').click()")
        page.click("#question")
        page.run("document.querySelector('#question').select()")
        page.write(question)
        page.click("#ask-button")
        page.wait("/^(Answered|Found|Nothing|Compared).*[.]$/.test(document.querySelector('#ask-status').textContent)")

    def file(self, name, content):
        path = self.base / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def upload_states(self, page):
        return page.run(
            "Object.fromEntries([...document.querySelectorAll('.upload')].map((row) => [row.querySelector('bdi').textContent,"
            " [row.dataset.state, row.querySelector('.upload-state').textContent]]))"
        )

    def test_01_files_are_uploaded_with_a_result_or_a_reason_each(self):
        page = self.open(path="#documents")
        page.wait("document.querySelectorAll('.library-line').length >= 4")
        page.slow_upload(150_000)
        page.choose_files("#files", [
            self.file("lighthouse.md", b"# Lighthouse\n\n" + b"The lamp is lit at dusk. " * 4_000),
            self.file("data.json", b'{"documents": [{"id": "smuggled", "text": "A file is a document, not a request."}]}'),
            self.file("empty.txt", b""),
        ])
        page.wait("document.querySelector('progress[value]')?.value > 0")
        page.wait("/^Sending, \\d+%$|^Reading/.test(document.querySelector('.upload[data-state=sending] .upload-state')?.textContent)")
        page.wait("document.querySelectorAll('.upload:is([data-state=indexed], [data-state=failed])').length === 3", 30)
        page.slow_upload(-1)
        states = self.upload_states(page)
        self.assertEqual(states["lighthouse.md"][0], "indexed", states)
        self.assertRegex(states["lighthouse.md"][1], r"^Indexed, \d+ passages, revision 1$")
        self.assertEqual(states["empty.txt"][0], "failed")
        self.assertIn("the file is empty", states["empty.txt"][1])
        self.assertEqual(self.server.request("GET", "/documents/smuggled").status, 404)
        self.assertEqual(self.server.text("lighthouse.md").status, 200)
        page.wait("[...document.querySelectorAll('.library-line')].some((line) => line.textContent.includes('lighthouse.md'))")
        # Dropped, and once more: the same bytes are unchanged.
        for state in ("indexed", "unchanged"):
            page.run(
                "(() => { const data = new DataTransfer(); data.items.add(new File(['Gulls nest on the quay.'], 'gulls.txt'));"
                " document.querySelector('#drop').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})) })()"
            )
            page.wait(f"document.querySelector('.upload').dataset.state === '{state}'")
        page.click(".upload .quiet")
        page.wait("document.querySelector('#panel-body .text')?.textContent === 'Gulls nest on the quay.'")

    def test_02_a_question_is_answered_as_the_api_answers_it(self):
        page = self.open()
        self.ask(page)
        reply = self.server.query(QUESTION)
        self.assertEqual(page.text("#answer"), reply["answer"])
        self.assertIn("[1]", reply["answer"])
        self.assertEqual(page.texts(".citations .quote-text"), [citation["quote"] for citation in reply["citations"]])
        self.assertEqual(page.texts(".result .passage-text"), [passage["text"] for passage in reply["passages"]])
        figures = page.texts(".figures dt")
        self.assertLessEqual({"retrieve", "total", "to first word", "to last word"}, set(figures))
        self.assertIn("Written by extractive", page.text(".timings p"))
        self.assertIn("Answered with", page.text("#ask-status"))
        page.run("document.querySelector('.options').open = true; document.querySelector('#filter').value = '{\"lang\": }'")
        page.click("#ask-button")
        self.assertIn("JSON object", page.text("#filter-error"))

    def test_03_the_answer_streams_in_and_can_be_stopped(self):
        model = ScriptedModel()
        self.addCleanup(model.stop)
        pieces = ["The quokka ", "ferry leaves ", "the harbour ", "at nine [", "1", "]. ", "Every day ", "but Sunday [1]."]
        model.say(pieces, pause=0.15)
        with Server(**model.settings) as server:
            server.index([{"id": "ferry", "text": SENTENCE}])
            page = self.open(server)
            page.run(
                "window.seen = []; new MutationObserver(() => seen.push([document.querySelector('#answer')?.textContent ?? '',"
                " !document.querySelector('#stop-button').hidden])).observe(document.querySelector('#result'), {childList: true, subtree: true})"
            )
            self.ask(page)
            seen = page.run("seen")
            growing = sorted({text for text, _ in seen if text}, key=len)
            self.assertGreaterEqual(len(growing), 4, growing)
            for shorter, longer in zip(growing, growing[1:]):
                self.assertTrue(longer.startswith(shorter), (shorter, longer))
            self.assertFalse(any(text.endswith(("[", "[1")) for text in growing), growing)
            self.assertTrue(seen[0][1], "the answer can be stopped while it is written")
            self.assertEqual(growing[-1], page.text("#answer"))
            self.assertEqual(len(page.texts("#answer .marker")), 2)
            model.say(["Slowly ", "and ", "slowly ", *["on "] * 100], pause=0.3)
            page.write(" and then?")
            page.click("#question")
            page.press("Enter")
            page.wait("document.querySelector('#answer')?.textContent.includes('lowly')")
            page.click("#stop-button")
            page.wait("document.querySelector('#ask-status').textContent === 'Stopped.'")
            self.assertTrue(model.closed.wait(5), "the work ends on the server too")
            self.assertTrue(page.run("document.querySelector('#stop-button').hidden && !document.querySelector('#ask-button').hidden"))

    def test_04_a_citation_opens_its_document_at_the_very_bytes(self):
        page = self.open()
        self.ask(page)
        citation = self.server.query(QUESTION)["citations"][0]
        self.assertEqual(citation["document_id"], "harbour/timetable.md")
        self.assertGreater(citation["start"], len(HARBOUR[: HARBOUR.index(SENTENCE)]), "bytes are not characters here")
        page.click("#answer .marker")
        page.wait("document.querySelector('#panel-check').textContent.includes('SHA-256')")
        self.assertEqual(page.text("#panel mark"), citation["quote"])
        self.assertIn("leaves the harbour at nine — every day", page.text("#panel mark"))
        self.assertEqual(page.text("#panel-body .text"), self.server.text("harbour/timetable.md").body.decode())
        self.assertIn("are the quote. The text has the cited SHA-256.", page.text("#panel-check"))
        box = page.run("(({top, bottom}) => ({top, bottom}))(document.querySelector('#panel mark').getBoundingClientRect())")
        body = page.run("(({top, bottom}) => ({top, bottom}))(document.querySelector('#panel-body').getBoundingClientRect())")
        self.assertTrue(body["top"] <= box["top"] and box["bottom"] <= body["bottom"], (box, body))
        self.assertEqual(page.run("document.querySelector('#panel-title a').href"), "https://example.org/harbour")
        # A text that is not what was cited is called so, never shown as if it were.
        page.click("#panel-close")
        page.wait("!document.querySelector('#panel').open")
        page.answer("/text?revision=", 200, HARBOUR.replace("nine", "five").encode(), Content_Type="text/plain")
        page.run("import('/page/panel.js').then((panel) => panel.openDocument(" + json.dumps({**citation, "revision": 9}) + ", null))")
        page.wait("document.querySelector('#panel-check').dataset.result === 'wrong'")
        self.assertIn("are not the quoted text", page.text("#panel-check"))

    def test_04b_a_marker_that_stands_twice_has_two_quotes(self):
        page = self.open()
        reply = self.server.query(QUESTION)
        first = reply["citations"][0]
        second = {**first, "start": 0, "end": 9, "quote": HARBOUR[:9]}
        self.assertTrue(second["quote"].isascii())
        reply.update(answer="One [1]. Two [1].", citations=[first, second, first])
        page.run(
            "import('/page/answer.js').then(({ AnswerView }) => { const view = new AnswerView(); document.body.append(view.node);"
            f" view.finish({json.dumps(reply)}, {{}}); view.node.id = 'twice'; }})"
        )
        page.wait("document.querySelectorAll('#twice .quote').length === 2")
        page.run("document.querySelectorAll('#twice .marker')[1].click()")
        page.wait("document.querySelector('#panel-check').textContent.includes('SHA-256')")
        self.assertEqual(page.text("#panel mark"), second["quote"])

    def test_05_failures_are_said_and_can_be_tried_again(self):
        page = self.open()
        page.run("document.querySelector('.options').open = true; document.querySelector('#filter').value = '{\"lang\": {\"near\": 1}}'")
        page.click("#question")
        page.write(QUESTION)
        page.click("#ask-button")
        page.wait("document.querySelector('#ask-failure .failure')")
        self.assertIn("filter.lang", page.text("#ask-failure"))
        self.assertIn("Request ", page.text("#ask-failure"))
        page.run("document.querySelector('#filter').value = ''")
        problem = {"title": "The server is at its limit", "status": 503, "detail": "too many questions", "code": "overloaded", "request_id": "r-1"}
        page.answer("/query", 503, json.dumps(problem).encode(), Content_Type="application/problem+json", Retry_After="7")
        page.click("#ask-button")
        page.wait("document.querySelector('#ask-failure')?.textContent.includes('Try again in 7 s')")
        page.answer_nothing()
        page.answer("/query", 502, b"<h1>Bad gateway</h1>", Content_Type="text/html")
        page.click("#ask-button")
        page.wait("document.querySelector('#ask-failure')?.textContent.includes('The server answered 502')")
        page.answer_nothing()
        # A stream that ends in the middle, and one whose last event is an error.
        cut = b'event: passages\ndata: {"passages": []}\n\nevent: token\ndata: {"text": "The ferry"}\n\n'
        page.answer("/query", 200, cut, Content_Type="text/event-stream")
        page.click("#ask-button")
        page.wait("document.querySelector('#ask-failure')?.textContent.includes('ended before the answer was complete')")
        self.assertEqual(page.text("#answer"), "The ferry")
        page.answer_nothing()
        page.answer("/query", 200, cut + b"event: error\ndata: " + json.dumps(problem).encode() + b"\n\n", Content_Type="text/event-stream")
        page.click("#ask-button")
        page.wait("document.querySelector('#ask-failure')?.textContent.includes('too many questions')")
        page.answer_nothing()
        page.offline(True)
        page.click("#ask-button")
        page.wait("document.querySelector('#ask-failure')?.textContent.includes('cannot be reached')")
        self.assertTrue(page.run("document.querySelector('#stop-button').hidden"))
        page.offline(False)
        page.click("#ask-failure button")
        page.wait("document.querySelector('#ask-status').textContent.startsWith('Answered')")
        self.assertEqual(page.text("#ask-failure"), "")

    def test_06_titles_texts_and_names_are_text_whatever_stands_in_them(self):
        with Server(**QUICK) as server:
            server.index([
                {"id": ATTACK, "title": ATTACK, "url": "javascript:window.attacked=1", "text": f"The wombat bus {ATTACK} leaves at ten.",
                 "metadata": {"note": ATTACK}},
            ])
            page = self.open(server)
            self.ask(page, f"When does the wombat bus leave? {ATTACK}")
            self.assertIn("<img src=x onerror=", page.text("#result"))
            page.click(".result .passage")
            page.wait("document.querySelector('#panel-check').textContent.includes('are the quote')")
            self.assertEqual(page.text("#panel-title"), ATTACK)
            self.assertIn("<script>", page.text("#panel mark"))
            self.assertEqual(page.run("document.querySelectorAll('#panel a, #panel img, #panel svg, #panel script').length"), 0)
            self.ask(page, "wombat bus", mode="compare")
            page.run("location.hash = '#documents'")
            page.wait("document.querySelector('.library-line')")
            page.run(
                "(() => { const data = new DataTransfer();"
                f" data.items.add(new File(['The wombat bus is green.'], {json.dumps(ATTACK.replace('/', '%') + '.txt')}));"
                " data.items.add(new File([], '<b onclick=window.attacked=1>.txt'));"
                " document.querySelector('#drop').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})) })()"
            )
            page.wait("document.querySelectorAll('.upload:is([data-state=indexed], [data-state=failed])').length === 2")
            self.assertIn("<img src=x", "".join(page.texts(".upload")))
            page.wait("document.querySelectorAll('.library-line').length === 2")
            problem = {"title": ATTACK, "status": 400, "detail": ATTACK, "code": ATTACK, "request_id": ATTACK}
            page.answer("/query", 400, json.dumps(problem).encode(), Content_Type="application/problem+json")
            page.run("location.hash = '#ask'")
            page.click("#ask-button")
            page.wait("document.querySelector('#ask-failure')?.textContent.includes('<img src=x')")
            self.assertIsNone(page.run("window.attacked"))
            self.assertEqual(page.run("document.querySelectorAll('main img, main svg, main script, dialog img, dialog script').length"), 0)

    def test_07_nothing_is_wider_than_a_small_phone(self):
        page = self.open(width=360, height=740)
        long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3
        self.server.index([{"id": long, "title": long, "text": f"The captain's badge is called {long}."}])
        width = "Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('.panel[open], .panel-body')].map((n) => n.scrollWidth))"
        self.assertLessEqual(page.run(width), 360)
        self.ask(page, "What is the captain's badge called?")
        self.assertLessEqual(page.run(width), 360)
        page.click(".citations .quote")
        page.wait("document.querySelector('#panel mark')")
        self.assertLessEqual(page.run(width), 360)
        self.assertTrue(page.run("document.querySelector('#panel').matches(':modal')"), "it covers the page, so it is modal")
        page.click("#panel-close")
        self.ask(page, "captain's badge", mode="compare")
        self.assertLessEqual(page.run(width), 360)
        page.click("[data-view=documents]")
        page.wait("document.querySelectorAll('.library-line').length > 3")
        self.assertLessEqual(page.run(width), 360)
        small = page.run(
            "[...document.querySelectorAll('a, button, .pick, .modes label')].filter((node) => node.checkVisibility() && !node.closest('.skip'))"
            ".map((node) => [node.textContent, node.getBoundingClientRect().height]).filter(([, height]) => height > 1 && height < 32)"
        )
        self.assertEqual(small, [], "what is pressed with a finger is large enough")

    def test_08_everything_can_be_done_with_the_keyboard(self):
        page = self.open()
        focus = "document.activeElement.id || document.activeElement.className || document.activeElement.textContent"

        def tab_to(condition, what, shift=False):
            for _ in range(40):
                page.press("Tab", shift=shift)
                if page.run(f"(() => {{ const node = document.activeElement; return {condition}; }})()"):
                    outline = page.run("(() => { const node = document.activeElement; const shown = node.matches('.modes input') ?"
                                       " node.nextElementSibling : node.matches('textarea') ? node.parentElement : node;"
                                       " return getComputedStyle(shown).outlineStyle; })()")
                    self.assertNotEqual(outline, "none", f"the focus is seen on {what}")
                    return
            self.fail(f"Tab never reached {what}; the focus is on {page.run(focus)}")

        page.press("Tab")
        self.assertEqual(page.text(":focus"), "Skip to the question")
        page.press("Enter")
        page.wait("document.activeElement.id === 'question'")
        page.write(QUESTION)
        page.press("Enter", shift=True)
        self.assertIn("\n", page.run("document.querySelector('#question').value"))
        page.press("Enter")
        page.wait("document.querySelector('#ask-status').textContent.startsWith('Answered')")
        tab_to("node.name === 'mode'", "the modes")
        page.press("ArrowRight")
        self.assertEqual(page.run("document.activeElement.value"), "dense")
        tab_to("node.classList.contains('marker')", "the citation's marker")
        page.press("Enter")
        page.wait("document.querySelector('#panel mark')")
        self.assertEqual(page.run("document.activeElement.id"), "panel-title")
        tab_to("node.id === 'panel-body'", "the document's text")
        page.press("Escape")
        page.wait("!document.querySelector('#panel').open")
        self.assertEqual(page.run("document.activeElement.className"), "marker", "the focus goes back to where it came from")
        tab_to("node.classList.contains('quote')", "the quote")
        page.press(" ")
        page.wait("document.querySelector('#panel mark')")
        page.press("Escape")
        tab_to("node.dataset?.view === 'documents'", "the other view", shift=True)
        page.press("Enter")
        page.wait("document.querySelector('.library-line')")
        tab_to("node.id === 'files'", "the choice of files") if page.run("document.activeElement.id !== 'files'") else None
        tab_to("node.classList.contains('library-line')", "a document")
        page.press("Enter")
        page.wait("document.querySelector('#panel').open")
        unnamed = page.run(
            "[...document.querySelectorAll('input, textarea, button')].filter((node) => !node.labels?.length && !node.textContent.trim()"
            " && !node.getAttribute('aria-label')).map((node) => node.outerHTML)"
        )
        self.assertEqual(unnamed, [], "everything has a name")

    def test_09_light_and_dark_are_readable(self):
        contrast = """(() => {
            const context = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
            const rgb = (colour) => { context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
                return [...context.getImageData(0, 0, 1, 1).data]; };
            const light = ([r, g, b]) => { const part = (c) => (c /= 255, c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b); };
            const behind = (node) => { for (; node; node = node.parentElement) { const colour = rgb(getComputedStyle(node).backgroundColor);
                if (colour[3] === 255) return colour; } return [255, 255, 255, 255]; };
            const seen = [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility() && [...node.childNodes].some(
                (child) => child.nodeType === 3 && child.data.trim()) && !node.closest('.modes legend, .skip'));
            return { page: light(behind(document.body)), worst: seen.map((node) => {
                const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
                return [(a + 0.05) / (b + 0.05), node.className || node.tagName]; }).sort(([x], [y]) => x - y)[0] };
        })()"""
        for dark in (False, True):
            page = self.open(dark=dark)
            self.ask(page)
            page.click("#answer .marker")
            page.wait("document.querySelector('#panel mark')")
            result = page.run(contrast)
            self.assertEqual(result["page"] < 0.1, dark)
            self.assertGreaterEqual(result["worst"][0], 4.5, (dark, result["worst"]))

    def test_10_the_three_ways_to_search_stand_side_by_side(self):
        page = self.open()
        self.ask(page, mode="compare")
        columns = page.run(
            "[...document.querySelectorAll('.comparison-column')].map((column) => ({mode: column.dataset.mode,"
            " left: column.getBoundingClientRect().left, top: column.getBoundingClientRect().top,"
            " passages: [...column.querySelectorAll('.passage')].map((node) => node.querySelector('bdi').textContent)}))"
        )
        self.assertEqual([column["mode"] for column in columns], ["dense", "lexical", "hybrid"])
        self.assertEqual(len({column["top"] for column in columns}), 1)
        self.assertEqual(sorted({column["left"] for column in columns}), [column["left"] for column in columns])
        for column in columns:
            found = self.server.query(QUESTION, mode=column["mode"], generate=False)["passages"]
            self.assertEqual(column["passages"], [passage["title"] or passage["document_id"] for passage in found])
        self.assertRegex(page.text("#ask-status"), r"^Compared: \d+ of \d+ documents are found in all three ways\.$")
        self.assertRegex(page.text("[data-mode=hybrid] .passage-scores"), r"dense #\d, lexical #1")
        page.click("[data-mode=lexical] .passage")
        page.wait("document.querySelector('#panel-check').dataset.result === 'right'")

    def test_11_a_key_is_asked_for_and_kept_in_this_tab_only(self):
        with Server(key=KEY, API_KEYS=f"red:write:{KEY},red:read:{READ_KEY}", **QUICK) as server:
            server.index([{"id": "ferry", "text": SENTENCE}])
            page = self.open(server)
            page.click("#question")
            page.write(QUESTION)
            page.click("#ask-button")
            page.wait("document.querySelector('#key-dialog').open")
            page.write("a-wrong-key-0123456789")
            page.press("Enter")
            page.wait("document.querySelector('#key-reason').textContent.includes('not valid') && document.querySelector('#key-dialog').open")
            page.write(READ_KEY)
            page.press("Enter")
            page.wait("document.querySelector('.result .passage')")
            kept = page.run("({session: Object.values(sessionStorage), local: localStorage.length, cookies: document.cookie, address: location.href})")
            self.assertEqual((kept["session"], kept["local"], kept["cookies"]), ([READ_KEY], 0, ""))
            self.assertNotIn(READ_KEY, kept["address"])
            # A reader's key is refused where a writer's is needed, and that is said of the file.
            page.run("location.hash = '#documents'")
            page.choose_files("#files", [self.file("denied.txt", b"Not for readers.")])
            page.wait("document.querySelector('.upload')?.dataset.state === 'failed'")
            self.assertIn("needs a key of the role write", self.upload_states(page)["denied.txt"][1])
            page.call("Page.reload")
            page.wait("!document.querySelector('.upload') && document.querySelector('.library-line')")
            page.click("#key-button")
            page.click("#key-forget")
            page.wait("document.querySelector('#key-button').hidden")
            self.assertEqual(page.run("sessionStorage.length"), 0)


if __name__ == "__main__":
    unittest.main()
