// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#include "Codes.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define GROUNDED_X86 1
#else
#define GROUNDED_X86 0
#endif

namespace {

struct Code {
    float scale;
    const int8_t *bytes;

    explicit Code(const void *code) : bytes(static_cast<const int8_t *>(code) + sizeof(float)) {
        memcpy(&scale, code, sizeof scale);
    }
};

/// The distance over one kernel; a macro because target attributes do not pass through templates.
#define GROUNDED_DISTANCE(NAME, TARGET)                                                                     \
    TARGET float NAME##_distance(const void *a, const void *b, const void *dimension) {                     \
        Code left(a), right(b);                                                                             \
        int32_t dot = NAME(left.bytes, right.bytes, *static_cast<const size_t *>(dimension));               \
        return 1.0f - left.scale * right.scale * static_cast<float>(dot);                                   \
    }

int32_t portable(const int8_t *a, const int8_t *b, size_t dimension) {
    int32_t sum = 0;
    for (size_t i = 0; i < dimension; i++) sum += static_cast<int32_t>(a[i]) * b[i];
    return sum;
}
GROUNDED_DISTANCE(portable, )

#if GROUNDED_X86
#define TARGET_AVX2 __attribute__((target("avx2")))
#define TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx2")))

TARGET_AVX2 inline int32_t avx2(const int8_t *a, const int8_t *b, size_t dimension) {
    __m256i sum = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 16 <= dimension; i += 16) {
        __m256i x = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(a + i)));
        __m256i y = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(b + i)));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, y));
    }
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xB1));
    return _mm_cvtsi128_si32(half) + portable(a + i, b + i, dimension - i);
}
GROUNDED_DISTANCE(avx2, TARGET_AVX2)

TARGET_AVX512 inline int32_t avx512bw(const int8_t *a, const int8_t *b, size_t dimension) {
    __m512i s0 = _mm512_setzero_si512(), s1 = s0;
    size_t i = 0;
    for (; i + 64 <= dimension; i += 64) {
        __m512i x0 = _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(a + i)));
        __m512i y0 = _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(b + i)));
        __m512i x1 = _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(a + i + 32)));
        __m512i y1 = _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(b + i + 32)));
        s0 = _mm512_add_epi32(s0, _mm512_madd_epi16(x0, y0));
        s1 = _mm512_add_epi32(s1, _mm512_madd_epi16(x1, y1));
    }
    return _mm512_reduce_add_epi32(_mm512_add_epi32(s0, s1)) + portable(a + i, b + i, dimension - i);
}
GROUNDED_DISTANCE(avx512bw, TARGET_AVX512)
#endif

grounded::CodeDistance choose() {
#if GROUNDED_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512bw")) return avx512bw_distance;
    if (__builtin_cpu_supports("avx2")) return avx2_distance;
#endif
    return portable_distance;
}

const grounded::CodeDistance kernel = choose();

}  // namespace

void grounded::encode(const float *row, size_t dimension, char *code) {
    float largest = 0;
    for (size_t i = 0; i < dimension; i++) largest = std::max(largest, std::fabs(row[i]));
    float scale = largest / 127;
    memcpy(code, &scale, sizeof scale);
    float factor = largest > 0 ? 127 / largest : 0;
    int8_t *bytes = reinterpret_cast<int8_t *>(code + sizeof scale);
    // Within ±127 but for rounding; what is not a number becomes 0.
    for (size_t i = 0; i < dimension; i++) {
        float value = row[i] * factor;
        bytes[i] = value == value ? static_cast<int8_t>(std::lrintf(std::min(127.0f, std::max(-127.0f, value)))) : 0;
    }
}

grounded::CodeDistance grounded::codeDistance() { return kernel; }
