// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

/// What a character does to the token it stands in.
enum CharacterClass: UInt8 {
    case separator
    /// A letter that the English stemmer can be given.
    case latin
    /// A letter of another script that is written with spaces.
    case letter
    case digit
    /// Belongs to the character before it.
    case mark
    /// Invisible inside a word: soft hyphen, joiners.
    case ignorable
    case han
    case kana
    case thai
    case lao
    case khmer
    case burmese

    /// Whether it belongs to a script that is written without spaces between words.
    var isUnspaced: Bool { rawValue >= CharacterClass.han.rawValue }

    /// The class of a character outside ASCII.
    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x4E00...0x9FFF: self = .han
        case 0xAC00...0xD7A3: self = .letter
        case 0x410...0x44F: self = .letter
        case 0x300...0x36F: self = .mark
        default: self = Self.general(scalar)
        }
    }

    private static func general(_ scalar: Unicode.Scalar) -> CharacterClass {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber:
            script(ofLetter: scalar.value)
        case .decimalNumber: .digit
        case .nonspacingMark, .spacingMark, .enclosingMark: .mark
        case .format: .ignorable
        default: .separator
        }
    }

    private static func script(ofLetter value: UInt32) -> CharacterClass {
        switch value {
        case 0xAA, 0xBA, 0xC0...0x2AF, 0x1E00...0x1EFF, 0x2C60...0x2C7F, 0xA722...0xA7FF, 0xFB00...0xFB06: .latin
        case 0xFF21...0xFF3A, 0xFF41...0xFF5A: .latin
        case 0x3041...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F, 0x1B000...0x1B16F: .kana
        case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3021...0x3029, 0x3038...0x303B: .han
        case 0x3400...0x4DBF, 0xF900...0xFAFF, 0x20000...0x3FFFF: .han
        case 0x0E00...0x0E7F: .thai
        case 0x0E80...0x0EFF: .lao
        case 0x1780...0x17FF: .khmer
        case 0x1000...0x109F, 0xA9E0...0xA9FF, 0xAA60...0xAA7F: .burmese
        default: .letter
        }
    }
}
