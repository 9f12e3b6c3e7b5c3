// What a program asks of its disk, written down in order, so that a test can cut the power at any point of it: every write to a file of the
// folder DISK_WATCHED, and every sync, as records in DISK_RECORDS. While the file DISK_BROKEN exists, syncs fail as those of a dying disk do.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *name_of(int fd, char *path) {
  const char *watched = getenv("DISK_WATCHED");
  if (watched == NULL) return NULL;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, 1023);
  if (length <= 0) return NULL;
  path[length] = 0;
  size_t folder = strlen(watched);
  return strncmp(path, watched, folder) == 0 && path[folder] == '/' ? path + folder + 1 : NULL;
}

struct head {
  uint8_t kind;
  uint8_t name_bytes;
  uint16_t none;
  uint32_t data_bytes;
  uint64_t offset;
};

static void record(char kind, int fd, const void *data, size_t bytes, off_t offset) {
  char path[1024];
  const char *name = name_of(fd, path);
  const char *records = getenv("DISK_RECORDS");
  if (name == NULL || records == NULL) return;
  static int out = -1;
  if (out < 0) out = syscall(SYS_openat, AT_FDCWD, records, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  struct head head = {kind, strlen(name), 0, bytes, offset};
  struct iovec parts[] = {{&head, sizeof head}, {(void *)name, strlen(name)}, {(void *)data, bytes}};
  syscall(SYS_writev, out, parts, 3);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *data, size_t bytes) {
  REAL(write);
  off_t at = lseek(fd, 0, SEEK_CUR);
  ssize_t written = real(fd, data, bytes);
  if (written > 0 && at >= 0) record('w', fd, data, written, at);
  return written;
}
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t at) {
  REAL(pwrite);
  ssize_t written = real(fd, data, bytes, at);
  if (written > 0) record('w', fd, data, written, at);
  return written;
}
ssize_t pwrite64(int fd, const void *data, size_t bytes, off_t at) {
  REAL(pwrite64);
  ssize_t written = real(fd, data, bytes, at);
  if (written > 0) record('w', fd, data, written, at);
  return written;
}
int ftruncate(int fd, off_t length) {
  REAL(ftruncate);
  int done = real(fd, length);
  if (done == 0) record('t', fd, NULL, 0, length);
  return done;
}
int ftruncate64(int fd, off_t length) {
  REAL(ftruncate64);
  int done = real(fd, length);
  if (done == 0) record('t', fd, NULL, 0, length);
  return done;
}

static int broken(int fd) {
  char path[1024];
  const char *when = getenv("DISK_BROKEN");
  return when != NULL && access(when, F_OK) == 0 && name_of(fd, path) != NULL;
}
int fsync(int fd) {
  REAL(fsync);
  if (broken(fd)) return errno = EIO, -1;
  int done = real(fd);
  if (done == 0) record('s', fd, NULL, 0, 0);
  return done;
}
int fdatasync(int fd) {
  REAL(fdatasync);
  if (broken(fd)) return errno = EIO, -1;
  int done = real(fd);
  if (done == 0) record('s', fd, NULL, 0, 0);
  return done;
}
