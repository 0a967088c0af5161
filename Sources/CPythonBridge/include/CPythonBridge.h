// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

// A small door to CPython that needs no Python at build time: libpython is opened at run time and its functions are looked up by
// name. Only functions of the stable ABI are used, so one binary works with CPython 3.10 and later.
//
// One interpreter per process; it is never finalised. Every function below except `gpy_open` and `gpy_initialize` takes the GIL
// itself and may be called from any thread that may block.

#ifndef GROUNDED_CPYTHON_BRIDGE_H
#define GROUNDED_CPYTHON_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

/// A strong reference to a Python object.
typedef struct gpy_object gpy_object;

/// What a Python exception says. All members are UTF-8, allocated with malloc, or NULL; release with `gpy_error_clear`.
typedef struct {
    /// Name of the exception's class, with its module unless that is `builtins`.
    char *type;
    char *message;
    /// The last frames, oldest first, as the `traceback` module formats them.
    char *traceback;
} gpy_error;

/// Texts one after the other in one UTF-8 buffer: text i is `bytes[offsets[i]] ..< bytes[offsets[i + 1]]`.
typedef struct {
    const char *bytes;
    const size_t *offsets;
    size_t count;
} gpy_texts;

/// Receives a matrix while the bridge holds it; copies what it wants to keep.
typedef void (*gpy_matrix_sink)(void *context, const float *values, size_t rows, size_t columns);

/// Receives the spans of one text while the bridge holds them; copies what it wants to keep.
typedef void (*gpy_spans_sink)(void *context, size_t text, const int32_t *starts, const int32_t *ends, size_t count);

/// Receives one text while the bridge holds it.
typedef void (*gpy_text_sink)(void *context, const char *bytes, size_t count);

/// Opens the shared library at `path` and resolves every function. Returns 0, or -1 with the reason in `error->message`.
int gpy_open(const char *path, gpy_error *error);

/// Starts the interpreter as if `executable` had been started, so that a virtual environment's packages are found; installs no
/// signal handlers and gives the GIL back before it returns. Returns 0 or -1.
int gpy_initialize(const char *executable, gpy_error *error);

/// Starts a detached thread with room for Python's deep recursion. `name`, of at most 15 bytes, is for debuggers and `top`. Returns 0
/// or an error number.
int gpy_start_thread(const char *name, void (*body)(void *context), void *context);

/// Gives the calling thread a Python thread state that lasts, so that later calls need not make one each.
void gpy_attach_thread(void);

/// Adds `path` to the end of `sys.path` unless it is there. Returns 0 or -1.
int gpy_append_path(const char *path, gpy_error *error);

/// Imports a module. NULL on error.
gpy_object *gpy_import(const char *module, gpy_error *error);

/// The attribute `name` of `object`. NULL on error.
gpy_object *gpy_attribute(gpy_object *object, const char *name, gpy_error *error);

/// Calls `callable` with the given texts as separate `str` arguments. NULL on error.
gpy_object *gpy_call(gpy_object *callable, gpy_texts arguments, gpy_error *error);

/// Like `gpy_call`, for a callable that returns `str`; the sink is called once. Returns 0 or -1.
int gpy_call_text(gpy_object *callable, gpy_texts arguments, gpy_text_sink sink, void *context, gpy_error *error);

/// Calls `callable(list[str], str)`, which returns a C-contiguous float32 buffer of two dimensions; the sink is called once.
/// Returns 0 or -1.
int gpy_call_matrix(
    gpy_object *callable, gpy_texts texts, const char *role, gpy_matrix_sink sink, void *context, gpy_error *error);

/// Calls `callable(str, list[str])` with the first text of `query`; it returns a float32 buffer of one dimension, which the sink gets
/// as one row. Returns 0 or -1.
int gpy_call_scores(
    gpy_object *callable, gpy_texts query, gpy_texts passages, gpy_matrix_sink sink, void *context, gpy_error *error);

/// Calls `callable(list[str])`, which returns one pair of int32 buffers of equal length per text; the sink is called once per text,
/// in order. Returns 0 or -1.
int gpy_call_spans(gpy_object *callable, gpy_texts texts, gpy_spans_sink sink, void *context, gpy_error *error);

/// Gives a reference back.
void gpy_release(gpy_object *object);

/// Frees and empties an error.
void gpy_error_clear(gpy_error *error);

/// The descriptor under which a worker process finds its socket.
enum { GPY_WORKER_SOCKET = 3 };

/// Starts `arguments[0]` as a process of a group of its own. It gets one end of a stream socket as descriptor `GPY_WORKER_SOCKET`, an
/// empty standard input, the caller's standard error as its standard output and error, and no other descriptor; signals are as a new
/// process expects them. The other end, which does not block, is left in `*descriptor`. Both lists end with NULL. Returns 0 or an
/// error number. Needs no libpython.
int gpy_spawn_worker(
    const char *const *arguments, const char *const *environment, int *descriptor, int *process);

#endif
