// This source file is part of the Grounded open source project
// Copyright (c) 2026 the Grounded project authors
//
// See LICENSE for license information
// SPDX-License-Identifier: MIT

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CPythonBridge.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
#define GPY_HAS_CLOSEFROM 1
#endif
#endif

/// A pair of sockets that no other process started meanwhile inherits.
static int make_pair(int ends[2]) {
#ifdef SOCK_CLOEXEC
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : errno;
#else
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
    int on = 1;
    setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    return 0;
#endif
}

static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#ifdef POSIX_SPAWN_CLOEXEC_DEFAULT
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    int status = posix_spawnattr_setflags(attributes, flags);
    if (status == 0) status = posix_spawnattr_setpgroup(attributes, 0);
    if (status == 0) status = posix_spawnattr_setsigmask(attributes, &none);
    if (status == 0) status = posix_spawnattr_setsigdefault(attributes, &all);
    return status;
}

static int set_actions(posix_spawn_file_actions_t *actions, int end) {
    int status = posix_spawn_file_actions_adddup2(actions, end, GPY_WORKER_SOCKET);
    if (status == 0) status = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (status == 0) status = posix_spawn_file_actions_adddup2(actions, 2, 1);
#ifdef POSIX_SPAWN_CLOEXEC_DEFAULT
    if (status == 0) status = posix_spawn_file_actions_adddup2(actions, 2, 2);
#endif
#ifdef GPY_HAS_CLOSEFROM
    if (status == 0) status = posix_spawn_file_actions_addclosefrom_np(actions, GPY_WORKER_SOCKET + 1);
#endif
    return status;
}

static int spawn(const char *const *arguments, const char *const *environment, int end, int *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t identifier = 0;
    int status = posix_spawn_file_actions_init(&actions);
    if (status != 0) return status;
    status = posix_spawnattr_init(&attributes);
    if (status == 0) {
        status = set_attributes(&attributes);
        if (status == 0) status = set_actions(&actions, end);
        if (status == 0) {
            status = posix_spawn(
                &identifier, arguments[0], &actions, &attributes, (char *const *)arguments, (char *const *)environment);
        }
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    *process = (int)identifier;
    return status;
}

int gpy_spawn_worker(
    const char *const *arguments, const char *const *environment, int *descriptor, int *process) {
    int ends[2];
    int status = make_pair(ends);
    if (status != 0) return status;
    // Out of the way of the descriptors that the file actions fill, or the copy would keep its close-on-exec flag.
    int end = fcntl(ends[1], F_DUPFD_CLOEXEC, GPY_WORKER_SOCKET + 1);
    if (end < 0) {
        status = errno;
    } else {
        status = spawn(arguments, environment, end, process);
        close(end);
    }
    close(ends[1]);
    if (status == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) status = errno;
    if (status != 0) {
        close(ends[0]);
        return status;
    }
    *descriptor = ends[0];
    return 0;
}
