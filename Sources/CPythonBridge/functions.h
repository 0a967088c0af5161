// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

// The functions of libpython that the bridge uses, as pointers that `gpy_open` fills in.

#ifndef GROUNDED_CPYTHON_FUNCTIONS_H
#define GROUNDED_CPYTHON_FUNCTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

typedef struct gpy_object PyObject;
typedef ptrdiff_t Py_ssize_t;

/// The buffer protocol's struct; its layout is part of the stable ABI since 3.11 and is the same in 3.10.
typedef struct {
    void *buf;
    PyObject *obj;
    Py_ssize_t len;
    Py_ssize_t itemsize;
    int readonly;
    int ndim;
    char *format;
    Py_ssize_t *shape;
    Py_ssize_t *strides;
    Py_ssize_t *suboffsets;
    void *internal;
} Py_buffer;

enum {
    PYBUF_FORMAT = 0x4,
    PYBUF_ND = 0x8,
    PYBUF_STRIDES = 0x10 | PYBUF_ND,
    PYBUF_C_CONTIGUOUS = 0x20 | PYBUF_STRIDES,
};

#define GPY_FUNCTIONS(X)                                                                                       \
    X(void, Py_SetProgramName, (const wchar_t *))                                                              \
    X(wchar_t *, Py_DecodeLocale, (const char *, size_t *))                                                    \
    X(void, Py_InitializeEx, (int))                                                                            \
    X(int, Py_IsInitialized, (void))                                                                           \
    X(void *, PyEval_SaveThread, (void))                                                                       \
    X(int, PyGILState_Ensure, (void))                                                                          \
    X(void, PyGILState_Release, (int))                                                                         \
    X(void, Py_IncRef, (PyObject *))                                                                           \
    X(void, Py_DecRef, (PyObject *))                                                                           \
    X(PyObject *, PyImport_ImportModule, (const char *))                                                       \
    X(PyObject *, PySys_GetObject, (const char *))                                                             \
    X(PyObject *, PyObject_GetAttrString, (PyObject *, const char *))                                          \
    X(PyObject *, PyObject_Call, (PyObject *, PyObject *, PyObject *))                                         \
    X(PyObject *, PyObject_Str, (PyObject *))                                                                  \
    X(int, PyObject_GetBuffer, (PyObject *, Py_buffer *, int))                                                 \
    X(void, PyBuffer_Release, (Py_buffer *))                                                                   \
    X(PyObject *, PyUnicode_DecodeUTF8, (const char *, Py_ssize_t, const char *))                              \
    X(PyObject *, PyUnicode_DecodeFSDefault, (const char *))                                                   \
    X(PyObject *, PyUnicode_FromString, (const char *))                                                        \
    X(PyObject *, PyUnicode_Join, (PyObject *, PyObject *))                                                    \
    X(PyObject *, PyUnicode_AsEncodedString, (PyObject *, const char *, const char *))                         \
    X(int, PyBytes_AsStringAndSize, (PyObject *, char **, Py_ssize_t *))                                       \
    X(PyObject *, PyList_New, (Py_ssize_t))                                                                    \
    X(int, PyList_SetItem, (PyObject *, Py_ssize_t, PyObject *))                                               \
    X(int, PyList_Append, (PyObject *, PyObject *))                                                            \
    X(PyObject *, PyTuple_New, (Py_ssize_t))                                                                   \
    X(int, PyTuple_SetItem, (PyObject *, Py_ssize_t, PyObject *))                                              \
    X(int, PySequence_Contains, (PyObject *, PyObject *))                                                      \
    X(Py_ssize_t, PySequence_Size, (PyObject *))                                                               \
    X(PyObject *, PySequence_GetItem, (PyObject *, Py_ssize_t))                                                \
    X(void, PyErr_Fetch, (PyObject **, PyObject **, PyObject **))                                              \
    X(void, PyErr_NormalizeException, (PyObject **, PyObject **, PyObject **))                                 \
    X(void, PyErr_Clear, (void))                                                                               \
    X(PyObject *, PyLong_FromLong, (long))

#define GPY_MEMBER(result, name, parameters) result(*name) parameters;
typedef struct {
    GPY_FUNCTIONS(GPY_MEMBER)
} gpy_functions;
#undef GPY_MEMBER

/// Filled in once by `gpy_open`, before anything else runs; read-only afterwards.
extern gpy_functions gpy;

/// Moves the pending Python exception into `error` and clears it. The caller holds the GIL.
void gpy_take_exception(gpy_error *error);

/// Puts a message of the bridge itself into `error`.
void gpy_set_error(gpy_error *error, const char *type, const char *message);

#endif
