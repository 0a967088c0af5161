// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// The look of the report: one accent, quiet greys, and colours that people who see no red or green can tell apart.
enum HTMLStyle {
    static let sheet = """
        :root { color-scheme: light dark; --paper: #fbfbf9; --card: #fff; --ink: #1d232b; --soft: #5d6772; --line: #e3e5e4; --accent: #3562c9;
          --mark: #ffe68a; --win: #16795a; --loss: #c2410c; --even: #7a848e;
          --s0: #3562c9; --s1: #d0741a; --s2: #16795a; --s3: #8a4fbf; --s4: #b3355f; --s5: #55706f; }
        @media (prefers-color-scheme: dark) { :root { --paper: #14171b; --card: #1c2127; --ink: #e6e9ec; --soft: #9aa5b0; --line: #313840;
          --accent: #84a8ff; --mark: #6b5a12; --win: #4fc79a; --loss: #ff9a62; --even: #8d98a3;
          --s0: #84a8ff; --s1: #f5a95b; --s2: #4fc79a; --s3: #c39bf0; --s4: #f08cae; --s5: #9dbdbb; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
        main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; }
        h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -.015em; margin: 0 0 .3rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 2.8rem 0 .3rem; }
        p { margin: .3rem 0 .9rem; } .soft { color: var(--soft); font-size: .92rem; }
        .verdict { background: var(--card); border: 1px solid var(--line); border-left: .3rem solid var(--accent); border-radius: .6rem;
          padding: 1rem 1.2rem; margin: 1.4rem 0; font-size: 1.1rem; overflow-wrap: anywhere; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .9rem; margin: 1.2rem 0; }
        .tile { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1.1rem; }
        .tile b { display: block; font-size: 1.7rem; font-weight: 650; font-variant-numeric: tabular-nums; }
        .tile .who { overflow-wrap: anywhere; font-weight: 600; } .tile .who::before { content: "● "; }
        figure { margin: .6rem 0 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; overflow-x: auto; }
        svg { display: block; width: 100%; min-width: 40rem; height: auto; font: 13px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
        svg text { fill: var(--ink); } svg .tick { fill: var(--soft); font-size: 12px; } svg .value { font-weight: 600; }
        svg .grid { stroke: var(--line); } svg .rule { stroke: var(--line); } svg .zero { stroke: var(--soft); }
        svg .interval { stroke-width: 4; stroke-linecap: round; opacity: .45; } svg .thin { stroke-width: 2; stroke-dasharray: 2 4; opacity: .9; }
        svg .dot { stroke: var(--card); stroke-width: 1.5; } svg a rect:hover { opacity: .6; }
        \(colours)
        .legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; font-size: .92rem; margin: .2rem 0; }
        .legend span { overflow-wrap: anywhere; } .legend span::before { content: "● "; }
        details { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; margin: .7rem 0; }
        summary { cursor: pointer; padding: .75rem 1rem; display: flex; gap: .8rem; align-items: baseline; list-style: none; }
        summary::-webkit-details-marker { display: none; } summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        summary .q { flex: 1; font-weight: 600; overflow-wrap: anywhere; } details:target { border-color: var(--accent); }
        .badge { font-variant-numeric: tabular-nums; font-weight: 650; white-space: nowrap; }
        .badge.win { color: var(--win); } .badge.loss { color: var(--loss); } .badge.even { color: var(--even); }
        .inside { padding: 0 1rem 1rem; } .sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; }
        .sides > div { min-width: 0; } .sides h3 { font-size: .95rem; margin: .4rem 0; overflow-wrap: anywhere; }
        .passage { border: 1px solid var(--line); border-radius: .45rem; padding: .55rem .75rem; margin: .5rem 0; font-size: .9rem; }
        .passage.right { border-color: var(--win); box-shadow: inset .22rem 0 var(--win); }
        .passage header { font-weight: 600; display: flex; gap: .5rem; } .passage header span:nth-child(2) { flex: 1; overflow-wrap: anywhere; }
        .passage p { margin: .25rem 0 0; max-height: 9.3em; overflow: auto; white-space: pre-line; overflow-wrap: anywhere; color: var(--soft); }
        .right > header em { color: var(--win); font-style: normal; white-space: nowrap; }
        .answer { border-left: .2rem solid var(--line); padding-left: .8rem; margin: .5rem 0; white-space: pre-line; overflow-wrap: anywhere; }
        mark { background: var(--mark); color: inherit; border-radius: .2rem; padding: 0 .12rem; }
        table { border-collapse: collapse; font-size: .9rem; width: 100%; } td, th { text-align: left; padding: .35rem .6rem .35rem 0;
          border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; } th { color: var(--soft); font-weight: 600; }
        @media print { details { break-inside: avoid; } body { background: #fff; } }
        """

    private static let colours =
        (0..<6).map {
            "svg line.s\($0) { stroke: var(--s\($0)); } svg circle.s\($0) { fill: var(--s\($0)); } .s\($0) { color: var(--s\($0)); } svg text.s\($0) { fill: var(--s\($0)); }"
        }
        .joined(separator: "\n")
        + "\n"
        + ["win", "loss", "even"].map {
            "svg line.\($0) { stroke: var(--\($0)); } svg circle.\($0), svg rect.\($0), svg text.\($0) { fill: var(--\($0)); }"
        }.joined(separator: "\n")
}
