// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#include "CPythonBridge.h"
#include "functions.h"

#include <string.h>

static PyObject *string_at(gpy_texts texts, size_t index) {
    size_t start = texts.offsets[index];
    return gpy.PyUnicode_DecodeUTF8(texts.bytes + start, (Py_ssize_t)(texts.offsets[index + 1] - start), "strict");
}

/// A new list of the texts, or NULL with a Python exception set.
static PyObject *list_of(gpy_texts texts) {
    PyObject *list = gpy.PyList_New((Py_ssize_t)texts.count);
    for (size_t i = 0; list && i < texts.count; i++) {
        PyObject *text = string_at(texts, i);
        // SetItem takes the reference over, also when it fails.
        if (!text || gpy.PyList_SetItem(list, (Py_ssize_t)i, text) != 0) {
            gpy.Py_DecRef(list);
            return NULL;
        }
    }
    return list;
}

/// Calls with one or two arguments, whose references it takes over. NULL arguments other than `second` mean a pending exception.
static PyObject *call_with(PyObject *callable, PyObject *first, PyObject *second, int count) {
    PyObject *result = NULL;
    PyObject *arguments = first && (count == 1 || second) ? gpy.PyTuple_New(count) : NULL;
    if (!arguments) {
        gpy.Py_DecRef(first);
        gpy.Py_DecRef(second);
        return NULL;
    }
    gpy.PyTuple_SetItem(arguments, 0, first);
    if (count == 2) gpy.PyTuple_SetItem(arguments, 1, second);
    result = gpy.PyObject_Call(callable, arguments, NULL);
    gpy.Py_DecRef(arguments);
    return result;
}

static PyObject *call_with_strings(PyObject *callable, gpy_texts texts) {
    PyObject *arguments = gpy.PyTuple_New((Py_ssize_t)texts.count);
    for (size_t i = 0; arguments && i < texts.count; i++) {
        PyObject *text = string_at(texts, i);
        if (!text || gpy.PyTuple_SetItem(arguments, (Py_ssize_t)i, text) != 0) {
            gpy.Py_DecRef(arguments);
            return NULL;
        }
    }
    PyObject *result = arguments ? gpy.PyObject_Call(callable, arguments, NULL) : NULL;
    gpy.Py_DecRef(arguments);
    return result;
}

gpy_object *gpy_import(const char *module, gpy_error *error) {
    int gil = gpy.PyGILState_Ensure();
    PyObject *result = gpy.PyImport_ImportModule(module);
    if (!result) gpy_take_exception(error);
    gpy.PyGILState_Release(gil);
    return result;
}

gpy_object *gpy_attribute(gpy_object *object, const char *name, gpy_error *error) {
    int gil = gpy.PyGILState_Ensure();
    PyObject *result = gpy.PyObject_GetAttrString(object, name);
    if (!result) gpy_take_exception(error);
    gpy.PyGILState_Release(gil);
    return result;
}

gpy_object *gpy_call(gpy_object *callable, gpy_texts arguments, gpy_error *error) {
    int gil = gpy.PyGILState_Ensure();
    PyObject *result = call_with_strings(callable, arguments);
    if (!result) gpy_take_exception(error);
    gpy.PyGILState_Release(gil);
    return result;
}

int gpy_call_text(gpy_object *callable, gpy_texts arguments, gpy_text_sink sink, void *context, gpy_error *error) {
    int gil = gpy.PyGILState_Ensure();
    int status = -1;
    char *bytes;
    Py_ssize_t count;
    PyObject *result = call_with_strings(callable, arguments);
    PyObject *encoded = result ? gpy.PyUnicode_AsEncodedString(result, "utf-8", "strict") : NULL;
    if (encoded && gpy.PyBytes_AsStringAndSize(encoded, &bytes, &count) == 0) {
        sink(context, bytes, (size_t)count);
        status = 0;
    } else {
        gpy_take_exception(error);
    }
    gpy.Py_DecRef(encoded);
    gpy.Py_DecRef(result);
    gpy.PyGILState_Release(gil);
    return status;
}

/// Whether a buffer's format is one native code of `codes` with `size` bytes per item.
static int has_format(const Py_buffer *view, const char *codes, Py_ssize_t size) {
    const char *format = view->format ? view->format : "B";
    if (*format == '@' || *format == '=' || *format == '<') format++;
    return view->itemsize == size && strlen(format) == 1 && strchr(codes, *format) != NULL;
}

/// Calls with two arguments, whose references it takes over, and lends the sink the float32 buffer that comes back. A buffer of one
/// dimension is lent as one row.
static int call_floats(
    PyObject *callable, PyObject *first, PyObject *second, int dimensions, gpy_matrix_sink sink, void *context,
    gpy_error *error) {
    int status = -1;
    Py_buffer view;
    PyObject *result = call_with(callable, first, second, 2);
    if (!result || gpy.PyObject_GetBuffer(result, &view, PYBUF_C_CONTIGUOUS | PYBUF_FORMAT) != 0) {
        gpy_take_exception(error);
    } else {
        if (view.ndim == dimensions && has_format(&view, "f", sizeof(float))) {
            size_t rows = dimensions == 2 ? (size_t)view.shape[0] : 1;
            sink(context, view.buf, rows, (size_t)view.shape[dimensions - 1]);
            status = 0;
        } else {
            gpy_set_error(
                error, "TypeError",
                dimensions == 2 ? "a float32 array of two dimensions is needed" : "a float32 array of one dimension is needed");
        }
        gpy.PyBuffer_Release(&view);
    }
    gpy.Py_DecRef(result);
    return status;
}

int gpy_call_matrix(
    gpy_object *callable, gpy_texts texts, const char *role, gpy_matrix_sink sink, void *context, gpy_error *error) {
    int gil = gpy.PyGILState_Ensure();
    int status = call_floats(callable, list_of(texts), gpy.PyUnicode_FromString(role), 2, sink, context, error);
    gpy.PyGILState_Release(gil);
    return status;
}

int gpy_call_scores(
    gpy_object *callable, gpy_texts query, gpy_texts passages, gpy_matrix_sink sink, void *context, gpy_error *error) {
    int gil = gpy.PyGILState_Ensure();
    int status = call_floats(callable, string_at(query, 0), list_of(passages), 1, sink, context, error);
    gpy.PyGILState_Release(gil);
    return status;
}

/// Hands the pair of int32 buffers `pair` to the sink.
static int emit_spans(PyObject *pair, size_t text, gpy_spans_sink sink, void *context, gpy_error *error) {
    const int flags = PYBUF_C_CONTIGUOUS | PYBUF_FORMAT;
    int status = -1;
    Py_buffer starts, ends;
    PyObject *first = gpy.PySequence_GetItem(pair, 0);
    PyObject *second = first ? gpy.PySequence_GetItem(pair, 1) : NULL;
    if (!second || gpy.PyObject_GetBuffer(first, &starts, flags) != 0) {
        gpy_take_exception(error);
    } else if (gpy.PyObject_GetBuffer(second, &ends, flags) != 0) {
        gpy.PyBuffer_Release(&starts);
        gpy_take_exception(error);
    } else {
        int fits = starts.ndim == 1 && ends.ndim == 1 && has_format(&starts, "il", sizeof(int32_t))
            && has_format(&ends, "il", sizeof(int32_t)) && starts.len == ends.len;
        if (fits) {
            sink(context, text, starts.buf, ends.buf, (size_t)starts.len / sizeof(int32_t));
            status = 0;
        } else {
            gpy_set_error(error, "TypeError", "two int32 arrays of equal length are needed for each text");
        }
        gpy.PyBuffer_Release(&ends);
        gpy.PyBuffer_Release(&starts);
    }
    gpy.Py_DecRef(second);
    gpy.Py_DecRef(first);
    return status;
}

int gpy_call_spans(gpy_object *callable, gpy_texts texts, gpy_spans_sink sink, void *context, gpy_error *error) {
    int gil = gpy.PyGILState_Ensure();
    int status = -1;
    PyObject *result = call_with(callable, list_of(texts), NULL, 1);
    Py_ssize_t count = result ? gpy.PySequence_Size(result) : -1;
    if (count < 0) {
        gpy_take_exception(error);
    } else if ((size_t)count != texts.count) {
        gpy_set_error(error, "TypeError", "one pair of arrays is needed for each text");
    } else {
        status = 0;
        for (Py_ssize_t i = 0; status == 0 && i < count; i++) {
            PyObject *pair = gpy.PySequence_GetItem(result, i);
            if (pair) {
                status = emit_spans(pair, (size_t)i, sink, context, error);
            } else {
                gpy_take_exception(error);
                status = -1;
            }
            gpy.Py_DecRef(pair);
        }
    }
    gpy.Py_DecRef(result);
    gpy.PyGILState_Release(gil);
    return status;
}
