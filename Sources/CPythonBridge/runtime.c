// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CPythonBridge.h"
#include "functions.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

gpy_functions gpy;

static int resolve(void *library, const char *name, void *slot, gpy_error *error) {
    void *address = dlsym(library, name);
    if (!address) {
        char message[160];
        snprintf(message, sizeof message, "the library has no function %s; CPython 3.10 or later is needed", name);
        gpy_set_error(error, "ImportError", message);
        return -1;
    }
    // POSIX lets a data pointer carry a function's address; C does not, hence the copy.
    memcpy(slot, &address, sizeof address);
    return 0;
}

int gpy_open(const char *path, gpy_error *error) {
    // Extension modules expect libpython's symbols in the global scope.
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!library) {
        const char *reason = dlerror();
        gpy_set_error(error, "ImportError", reason ? reason : "the library cannot be opened");
        return -1;
    }
#define GPY_RESOLVE(result, name, parameters) \
    if (resolve(library, #name, &gpy.name, error) != 0) return -1;
    GPY_FUNCTIONS(GPY_RESOLVE)
#undef GPY_RESOLVE
    return 0;
}

/// Python replaces the default handler of SIGINT when `signal` is first imported, by whatever module; so that happens here, and the
/// handler is put back.
static int import_signal(gpy_error *error) {
    struct sigaction before;
    sigaction(SIGINT, NULL, &before);
    PyObject *module = gpy.PyImport_ImportModule("signal");
    sigaction(SIGINT, &before, NULL);
    if (!module) gpy_take_exception(error);
    gpy.Py_DecRef(module);
    return module ? 0 : -1;
}

int gpy_initialize(const char *executable, gpy_error *error) {
    if (gpy.Py_IsInitialized()) {
        gpy_set_error(error, "RuntimeError", "the interpreter is running already");
        return -1;
    }
    // Python decodes file names and opens text files as UTF-8 whatever the locale of the process; a value set from outside stays.
    setenv("PYTHONUTF8", "1", 0);
    // Python keeps the pointer, so it is never freed.
    wchar_t *program = gpy.Py_DecodeLocale(executable, NULL);
    if (!program) {
        gpy_set_error(error, "UnicodeError", "the interpreter's path cannot be decoded");
        return -1;
    }
    gpy.Py_SetProgramName(program);
    gpy.Py_InitializeEx(0);
    int status = import_signal(error);
    gpy.PyEval_SaveThread();
    return status;
}

void gpy_attach_thread(void) {
    // The first Ensure makes the thread state; saving it instead of releasing keeps it for the life of the thread.
    gpy.PyGILState_Ensure();
    gpy.PyEval_SaveThread();
}

int gpy_append_path(const char *path, gpy_error *error) {
    int gil = gpy.PyGILState_Ensure();
    int status = -1;
    PyObject *paths = gpy.PySys_GetObject("path");
    PyObject *item = gpy.PyUnicode_DecodeFSDefault(path);
    if (paths && item) {
        int present = gpy.PySequence_Contains(paths, item);
        status = present == 1 ? 0 : present == 0 ? gpy.PyList_Append(paths, item) : -1;
    }
    if (status != 0) gpy_take_exception(error);
    gpy.Py_DecRef(item);
    gpy.PyGILState_Release(gil);
    return status;
}

void gpy_release(gpy_object *object) {
    int gil = gpy.PyGILState_Ensure();
    gpy.Py_DecRef(object);
    gpy.PyGILState_Release(gil);
}
