import Foundation
import Testing

@testable import Cachetronomy
@testable import CommandCache
@testable import System
@testable import Trace

/// The tracer knows every system call of the kernel's headers.
@Suite struct WatchedCallTests {
  /// Calls that name no file, or only one that was opened before: reviewed one by one.
  static let harmless = """
    _sysctl accept accept4 adjtimex afs_syscall alarm arch_prctl brk capget capset clock_adjtime
    clock_getres clock_gettime clock_nanosleep clock_settime clone close close_range
    copy_file_range create_module delete_module dup dup2 dup3 epoll_create epoll_create1
    epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2
    exit exit_group fadvise64 fallocate fanotify_mark fcntl fdatasync fgetxattr flistxattr flock
    fork fsconfig fstat fsync ftruncate futex futex_waitv get_kernel_syms get_mempolicy
    get_robust_list get_thread_area getcpu getcwd getegid geteuid getgid getgroups getitimer
    getpeername getpgid getpgrp getpid getpmsg getppid getpriority getrandom getresgid getresuid
    getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid inotify_init
    inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_setup
    io_submit io_uring_enter io_uring_register ioctl ioperm iopl ioprio_get ioprio_set kcmp
    kexec_file_load kexec_load landlock_add_rule landlock_create_ruleset landlock_restrict_self
    lookup_dcookie lseek madvise mbind membarrier memfd_create memfd_secret migrate_pages
    mincore mlock mlock2 mlockall mmap modify_ldt move_pages mprotect mq_getsetattr mq_notify
    mq_timedreceive mq_timedsend mq_unlink mremap msgctl msgrcv msgsnd msync munlock munlockall
    munmap nanosleep nfsservctl pause personality pidfd_send_signal pipe pipe2 pkey_alloc
    pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64 process_madvise
    process_mrelease pselect6 putpmsg pwrite64 pwritev pwritev2 query_module read readahead
    readv reboot recvfrom recvmmsg recvmsg remap_file_pages restart_syscall rseq rt_sigaction
    rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
    rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity
    sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_setaffinity
    sched_setattr sched_setparam sched_setscheduler sched_yield seccomp security select semctl
    semop semtimedop semtimedop_time64 sendfile set_mempolicy set_mempolicy_home_node
    set_robust_list set_thread_area set_tid_address setdomainname setfsgid setfsuid setgid
    setgroups sethostname setitimer setpgid setpriority setregid setresgid setresuid setreuid
    setrlimit setsid setsockopt settimeofday setuid shmat shmctl shmdt shutdown sigaltstack
    signalfd signalfd4 socket socketpair splice swapoff sync sync_file_range syncfs sysfs
    sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
    timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill tuxcall umask
    uselib userfaultfd ustat vfork vhangup vmsplice vserver wait4 waitid write writev
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  @Test func `a call that is not known fails here before it is overlooked`() throws {
    let headers = [
      "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm-generic/unistd.h",
    ]
    let header = try #require(headers.first { FileManager.default.fileExists(atPath: $0) })
    let text = try String(contentsOfFile: header, encoding: .utf8)
    var unknown: [String] = []
    let known = Set(WatchedCall.all.map(\.number) + WatchedCall.refused.map(\.number))
    for match in text.matches(of: /#define __NR_(\w+)\s+(\d+)/) {
      let name = String(match.1)
      if let number = Int(match.2), !known.contains(number), !Self.harmless.contains(name) {
        unknown.append(name)
      }
    }
    #expect(unknown == [])
    #expect(known.count > 90)
  }

  @Test func `no call is in the table twice`() {
    let numbers = WatchedCall.all.map(\.number) + WatchedCall.refused.map(\.number)
    #expect(Set(numbers).count == numbers.count)
    #expect(numbers.allSatisfy { $0 < WatchedCall.limit })
  }

  @Test(arguments: [
    ("/usr/bin/make", "make\0-n\0", true), ("/usr/bin/ls", "ls\0d\0", false),
    ("/usr/bin/ls", "ls\0-l\0", true),
    ("/usr/bin/ls", "ls\0--color=auto\0", false), ("/usr/bin/find", "find\0.\0-name\0a\0", false),
    ("/usr/bin/find", "find\0.\0-newer\0a\0", true),
    ("/usr/bin/bash", "bash\0-c\0[ a -nt b ]\0", true),
    ("/usr/bin/bash", "bash\0-c\0echo a-nt\0", false),
    ("/usr/bin/python3.11", "python3\0-c\0\0", false),
    ("/usr/bin/tar", "tar\0c\0", true), ("/usr/bin/cp", "cp\0-a\0a\0b\0", true),
    ("/bin/cp", "cp\0a\0b\0", false),
    ("/usr/bin/test", "test\0a\0-ot\0b\0", true), ("/usr/bin/make-4.3", "make\0", true),
  ])
  func `programs that use times`(path: String, arguments: String, isTimed: Bool) {
    #expect(TimedPrograms.contains(Array(path.utf8), Array(arguments.utf8)) == isTimed)
  }

  // MARK: lists of inputs

  private func item(_ path: String, _ kind: InputList.Kind = .file) -> InputList.Item {
    var item = InputList.Item(path: Array(path.utf8), kind: kind, mode: 0o100644, stamp: 7)
    if kind == .file { item.digest = [UInt8](0..<16) }
    if path.hasSuffix("t") { item.time = .init(modified: -5, links: 2) }
    item.isItself = path.hasSuffix("l")
    return item
  }

  @Test func `a list is decoded to what was encoded, and damage is seen or harmless`() {
    let list = InputList([
      item("/a", .absent), item("/a/b"), item("/a/bt"), item("/a/b\u{e4}l", .link),
      item("/z", .listing),
    ])
    let bytes = list.encoded()
    #expect(InputList(decoding: bytes) == list)
    for end in 0..<bytes.count { #expect(InputList(decoding: Array(bytes[..<end])) == nil) }
    for at in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[at] ^= 1 << UInt8(bit)
        // Every path that comes out of it is absolute and ends where it should.
        for item in InputList(decoding: damaged)?.items ?? [] {
          #expect(item.path.first == 0x2f && !item.path.contains(0))
        }
      }
    }
    #expect(InputList(decoding: []) == nil)
    #expect(InputList([item("/a")]).digest != InputList([item("/b")]).digest)
  }

  @Test func `keys of variants follow the key of their command`() throws {
    let question = Key(stored: "run:a b#0123456789abcdef0123456789abcdef")
    let variant = try #require(question.variant([UInt8](repeating: 1, count: 16)))
    #expect(variant.text == "run:a b@0123456789abcdef#01010101010101010101010101010101")
    #expect(variant.digest == "01010101010101010101010101010101")
    #expect(Key(stored: "value").variant([1]) == nil)
  }
}
