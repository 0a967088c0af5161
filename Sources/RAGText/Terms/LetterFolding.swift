// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// Maps a letter outside ASCII to the form that is indexed: lower case, without diacritics in Latin and Greek, without width variants.
///
/// The tables hold, for each letter of a block, its base letter according to Unicode's compatibility decomposition (and for letters
/// such as `ø` and `ł`, which have none, the letter they are read as); `.` means lower case only, `+` more than one letter.
enum LetterFolding {
    /// U+00C0 to U+024F.
    private static let latin: StaticString = """
        aaaaaa+ceeeeiiiidnooooo.ouuuuy++aaaaaa+ceeeeiiiidnooooo.ouuuuy+yaaaaaaccccccccdd\
        ddeeeeeeeeeegggggggghhhhiiiiiiiiii++jjkkkllllll..llnnnnnn.nnoooooo++rrrrrrssssss\
        ssttttttuuuuuuuuuuuuwwyyyzzzzzzsbb........d......ff....ikkl.....oo.............u\
        u..yyzz.............+++++++++aaiioouuuuuuuuuu.aaaa++ggggkkoooo..j+++gg..nnaa++oo\
        aaaaeeeeiiiioooorrrruuuusstt..hh....zzaaeeooooooooyy...j...ccl.....b..eejj..rryy
        """

    /// U+1E00 to U+1EFF.
    private static let latinAdditional: StaticString = """
        aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooo\
        oooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy.s..+.\
        aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuu\
        uuyyyyyyyy......
        """

    /// U+0386 to U+03CE.
    private static let greek = Array(
        "α.εηι.ο.υωιαβγδεζηθικλμνξοπρ.στυφχψωιυαεηιυαβγδεζηθικλμνξοπρσστυφχψωιυουω".unicodeScalars
    )

    /// U+1F00 to U+1FFF.
    private static let greekExtended = Array(
        """
        ααααααααααααααααεεεεεε..εεεεεε..ηηηηηηηηηηηηηηηηιιιιιιιιιιιιιιιιοοοοοο..οοοοοο..\
        υυυυυυυυ.υ.υ.υ.υωωωωωωωωωωωωωωωωααεεηηιιοουυωω..ααααααααααααααααηηηηηηηηηηηηηηηη\
        ωωωωωωωωωωωωωωωωααααα.ααααααα.ι...ηηη.ηηεεηηη...ιιιι..ιιιιιι....υυυυρρυυυυυυρ...\
        ..ωωω.ωωοοωωω...
        """.unicodeScalars
    )

    private static let halfWidthKana = Array(
        "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン".unicodeScalars
    )

    /// Calls `emit` with the UTF-8 of the folded letter.
    static func fold(_ scalar: Unicode.Scalar, _ emit: (UInt8) -> Void) {
        let value = scalar.value
        switch value {
        case 0xC0...0x24F: foldLatin(scalar, latin.utf8Start[Int(value) - 0xC0], emit)
        case 0x1E00...0x1EFF: foldLatin(scalar, latinAdditional.utf8Start[Int(value) - 0x1E00], emit)
        case 0xAA: emit(UInt8(ascii: "a"))
        case 0xBA: emit(UInt8(ascii: "o"))
        case 0xB5: foldOther("\u{3BC}", emit)
        case 0xFB00...0xFB06: foldSeveral(scalar, emit)
        case 0xFF21...0xFF3A: emit(UInt8(truncatingIfNeeded: value - 0xFF21) + 0x61)
        case 0xFF41...0xFF5A: emit(UInt8(truncatingIfNeeded: value - 0xFF41) + 0x61)
        case 0xFF66...0xFF9D: foldOther(halfWidthKana[Int(value) - 0xFF66], emit)
        case 0x386..<UInt32(0x386 + greek.count): foldGreek(scalar, greek[Int(value) - 0x386], emit)
        case 0x1F00...0x1FFF: foldGreek(scalar, greekExtended[Int(value) - 0x1F00], emit)
        case 0x410...0x42F: foldOther(Unicode.Scalar(value + 0x20) ?? scalar, emit)
        case 0x401, 0x451: foldOther("\u{435}", emit)
        case 0x400...0x40F: foldOther(Unicode.Scalar(value + 0x50) ?? scalar, emit)
        default: lowercase(scalar, emit)
        }
    }

    private static func foldLatin(_ scalar: Unicode.Scalar, _ base: UInt8, _ emit: (UInt8) -> Void) {
        switch base {
        case UInt8(ascii: "."): lowercase(scalar, emit)
        case UInt8(ascii: "+"): foldSeveral(scalar, emit)
        default: emit(base)
        }
    }

    private static func foldGreek(_ scalar: Unicode.Scalar, _ base: Unicode.Scalar, _ emit: (UInt8) -> Void) {
        if base == "." { lowercase(scalar, emit) } else { foldOther(base, emit) }
    }

    private static func foldSeveral(_ scalar: Unicode.Scalar, _ emit: (UInt8) -> Void) {
        let letters: StaticString =
            switch scalar.value {
            case 0xC6, 0xE6, 0x1E2, 0x1E3, 0x1FC, 0x1FD: "ae"
            case 0xDE, 0xFE: "th"
            case 0xDF, 0x1E9E: "ss"
            case 0x132, 0x133: "ij"
            case 0x152, 0x153: "oe"
            case 0x1C4...0x1C6, 0x1F1...0x1F3: "dz"
            case 0x1C7...0x1C9: "lj"
            case 0x1CA...0x1CC: "nj"
            case 0xFB00: "ff"
            case 0xFB01: "fi"
            case 0xFB02: "fl"
            case 0xFB03: "ffi"
            case 0xFB04: "ffl"
            case 0xFB05, 0xFB06: "st"
            default: ""
            }
        for index in 0..<letters.utf8CodeUnitCount { emit(letters.utf8Start[index]) }
    }

    private static func lowercase(_ scalar: Unicode.Scalar, _ emit: (UInt8) -> Void) {
        guard scalar.properties.changesWhenLowercased else { return foldOther(scalar, emit) }
        for byte in scalar.properties.lowercaseMapping.utf8 { emit(byte) }
    }

    private static func foldOther(_ scalar: Unicode.Scalar, _ emit: (UInt8) -> Void) {
        for byte in scalar.utf8 { emit(byte) }
    }
}
