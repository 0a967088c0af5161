// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#include "CHNSW.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define GROUNDED_X86 1
#else
#define GROUNDED_X86 0
#endif

namespace {

inline const float *row(const float *rows, size_t stride, size_t index) {
    return reinterpret_cast<const float *>(reinterpret_cast<const char *>(rows) + stride * index);
}

/// How many rows ahead a scan asks the memory for.
constexpr size_t lookahead = 4;

__attribute__((always_inline)) inline void prefetch(const float *begin, size_t dimension) {
    for (size_t i = 0; i < dimension; i += 16) __builtin_prefetch(begin + i);
}

/// The scans over one kernel; a macro because target attributes do not pass through templates and lambdas.
#define GROUNDED_SCANS(NAME, TARGET)                                                                                        \
    TARGET void NAME##_many(const float *query, const float *rows, size_t stride, size_t count, size_t dimension, float *out) { \
        for (size_t i = 0; i < count; i++) out[i] = NAME(query, row(rows, stride, i), dimension);                            \
    }                                                                                                                        \
    TARGET void NAME##_chosen(const float *query, const float *rows, size_t stride, const uint32_t *slots, size_t count,     \
                              size_t dimension, float *out) {                                                                \
        for (size_t i = 0; i < count; i++) {                                                                                 \
            if (i + lookahead < count) prefetch(row(rows, stride, slots[i + lookahead]), dimension);                         \
            out[i] = NAME(query, row(rows, stride, slots[i]), dimension);                                                    \
        }                                                                                                                    \
    }

float portable(const float *a, const float *b, size_t dimension) {
    float sums[16] = {};
    size_t i = 0;
    for (; i + 16 <= dimension; i += 16)
        for (size_t lane = 0; lane < 16; lane++) sums[lane] += a[i + lane] * b[i + lane];
    for (; i < dimension; i++) sums[i % 16] += a[i] * b[i];
    for (size_t width = 8; width > 0; width /= 2)
        for (size_t lane = 0; lane < width; lane++) sums[lane] += sums[lane + width];
    return sums[0];
}
GROUNDED_SCANS(portable, )

#if GROUNDED_X86
#define TARGET_AVX2 __attribute__((target("avx2,fma")))
#define TARGET_AVX512 __attribute__((target("avx512f,avx2,fma")))

TARGET_AVX2 inline float avx2(const float *a, const float *b, size_t dimension) {
    __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 32 <= dimension; i += 32) {
        s0 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), s0);
        s1 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8), s1);
        s2 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 16), _mm256_loadu_ps(b + i + 16), s2);
        s3 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i + 24), _mm256_loadu_ps(b + i + 24), s3);
    }
    for (; i + 8 <= dimension; i += 8) s0 = _mm256_fmadd_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i), s0);
    __m256 sum = _mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3));
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    float result = _mm_cvtss_f32(_mm_add_ss(half, _mm_shuffle_ps(half, half, 1)));
    for (; i < dimension; i++) result += a[i] * b[i];
    return result;
}
GROUNDED_SCANS(avx2, TARGET_AVX2)

TARGET_AVX512 inline float avx512f(const float *a, const float *b, size_t dimension) {
    __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    size_t i = 0;
    for (; i + 64 <= dimension; i += 64) {
        s0 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), s0);
        s1 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16), s1);
        s2 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32), s2);
        s3 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48), s3);
    }
    for (; i + 16 <= dimension; i += 16) s0 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), s0);
    if (i < dimension) {
        __mmask16 mask = static_cast<__mmask16>((1u << (dimension - i)) - 1);
        s1 = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, a + i), _mm512_maskz_loadu_ps(mask, b + i), s1);
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)));
}
GROUNDED_SCANS(avx512f, TARGET_AVX512)
#endif

struct Kernel {
    const char *name;
    float (*dot)(const float *, const float *, size_t);
    void (*many)(const float *, const float *, size_t, size_t, size_t, float *);
    void (*chosen)(const float *, const float *, size_t, const uint32_t *, size_t, size_t, float *);
};

Kernel choose() {
#if GROUNDED_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return {"avx512f", avx512f, avx512f_many, avx512f_chosen};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {"avx2", avx2, avx2_many, avx2_chosen};
#endif
    return {"portable", portable, portable_many, portable_chosen};
}

const Kernel kernel = choose();

}  // namespace

extern "C" float grounded_dot(const float *a, const float *b, size_t dimension) { return kernel.dot(a, b, dimension); }

extern "C" void grounded_dot_many(
    const float *query, const float *rows, size_t stride, size_t count, size_t dimension, float *out) {
    kernel.many(query, rows, stride, count, dimension, out);
}

extern "C" void grounded_dot_chosen(
    const float *query, const float *rows, size_t stride, const uint32_t *slots, size_t count, size_t dimension, float *out) {
    kernel.chosen(query, rows, stride, slots, count, dimension, out);
}

extern "C" const char *grounded_dot_kernel(void) { return kernel.name; }
