// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#include "CPythonBridge.h"
#include "functions.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES_SHOWN = 3 };

void gpy_error_clear(gpy_error *error) {
    free(error->type);
    free(error->message);
    free(error->traceback);
    memset(error, 0, sizeof *error);
}

void gpy_set_error(gpy_error *error, const char *type, const char *message) {
    gpy_error_clear(error);
    error->type = strdup(type);
    error->message = strdup(message);
}

/// A `str` as UTF-8 with lone surrogates replaced, or NULL; consumes the reference.
static char *text_of(PyObject *string) {
    if (!string) {
        gpy.PyErr_Clear();
        return NULL;
    }
    char *copy = NULL;
    PyObject *encoded = gpy.PyUnicode_AsEncodedString(string, "utf-8", "replace");
    char *bytes;
    Py_ssize_t count;
    if (encoded && gpy.PyBytes_AsStringAndSize(encoded, &bytes, &count) == 0) {
        // An embedded NUL would end the message early.
        copy = malloc((size_t)count + 1);
        if (copy) {
            for (Py_ssize_t i = 0; i < count; i++) copy[i] = bytes[i] ? bytes[i] : ' ';
            copy[count] = 0;
        }
    }
    gpy.PyErr_Clear();
    gpy.Py_DecRef(encoded);
    gpy.Py_DecRef(string);
    return copy;
}

static char *type_name(PyObject *type) {
    char *name = text_of(gpy.PyObject_GetAttrString(type, "__qualname__"));
    char *module = text_of(gpy.PyObject_GetAttrString(type, "__module__"));
    if (!name || !module || strcmp(module, "builtins") == 0) {
        free(module);
        return name;
    }
    size_t length = strlen(module) + strlen(name) + 2;
    char *full = malloc(length);
    if (full) {
        strcpy(full, module);
        strcat(full, ".");
        strcat(full, name);
    }
    free(module);
    free(name);
    return full;
}

/// `"".join(traceback.format_tb(frames, -FRAMES_SHOWN))`
static char *format_traceback(PyObject *frames) {
    char *text = NULL;
    PyObject *module = gpy.PyImport_ImportModule("traceback");
    PyObject *function = module ? gpy.PyObject_GetAttrString(module, "format_tb") : NULL;
    PyObject *arguments = function ? gpy.PyTuple_New(2) : NULL;
    if (arguments) {
        gpy.Py_IncRef(frames);
        gpy.PyTuple_SetItem(arguments, 0, frames);
        gpy.PyTuple_SetItem(arguments, 1, gpy.PyLong_FromLong(-FRAMES_SHOWN));
        PyObject *lines = gpy.PyObject_Call(function, arguments, NULL);
        PyObject *separator = lines ? gpy.PyUnicode_FromString("") : NULL;
        if (separator) text = text_of(gpy.PyUnicode_Join(separator, lines));
        gpy.Py_DecRef(separator);
        gpy.Py_DecRef(lines);
    }
    gpy.PyErr_Clear();
    gpy.Py_DecRef(arguments);
    gpy.Py_DecRef(function);
    gpy.Py_DecRef(module);
    return text;
}

void gpy_take_exception(gpy_error *error) {
    gpy_error_clear(error);
    PyObject *type = NULL, *value = NULL, *frames = NULL;
    gpy.PyErr_Fetch(&type, &value, &frames);
    if (!type) {
        gpy_set_error(error, "SystemError", "a Python function failed without an exception");
        return;
    }
    gpy.PyErr_NormalizeException(&type, &value, &frames);
    error->type = type_name(type);
    error->message = value ? text_of(gpy.PyObject_Str(value)) : NULL;
    error->traceback = frames ? format_traceback(frames) : NULL;
    gpy.Py_DecRef(type);
    gpy.Py_DecRef(value);
    gpy.Py_DecRef(frames);
    gpy.PyErr_Clear();
}
