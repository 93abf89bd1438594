# cachetronomy: build, test, install.
PREFIX ?= /usr/local
DESTDIR ?=
# Where the user manager of systemd searches below PREFIX: lib only in /usr and /usr/local.
UNITS := $(if $(filter /usr /usr/local,$(PREFIX)),lib,share)/systemd/user
SWIFT ?= swift
# Type metadata by accessor, and hot functions adjacent in the binary: see docs/decisions.md.
# 'make build REMOTE=1' adds the remote cache; tests always include it.
REMOTE ?=
TRAITS := $(if $(REMOTE),--traits Remote)
STATIC := -c release $(TRAITS) --product cachetronomy -Xswiftc -static-executable \
  -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
  -Xswiftc -Xfrontend -Xswiftc -function-sections -Xswiftc -use-ld=lld \
  -Xlinker --symbol-ordering-file=$(CURDIR)/scripts/hot-functions \
  -Xlinker --no-warn-symbol-ordering \
  -Xlinker --wrap=swift_copyAuxiliaryExecutablePath -Xswiftc -DSTATIC_BINARY
# Packages from the distribution. The Swift toolchain is installed separately.
BUILD_PACKAGES := libsqlite3-dev libyaml-dev pkg-config binutils
REMOTE_PACKAGES := libhiredis-dev libsodium-dev libssl-dev
TEST_PACKAGES := redis-server sqlite3 bash zsh fish mandoc groff-base binutils python3 python3-venv \
  python3-jsonschema python3-yaml python3-prometheus-client procps \
  iproute2 openssl openssh-client nodejs python3-pytest python3-docutils protobuf-compiler asciidoctor git gcc libc6-dev util-linux bsdutils perl-base findutils make parallel screen strace
BENCH_PACKAGES := gcc libc6-dev hyperfine valgrind sqlite3 python3 python3-venv redis-server

.PHONY: all deps test-deps bench-deps build demo test lint test-release bench torture fuzz faults sanitize coverage front-names completions deb install \
  install-files uninstall clean

all: build

deps:
	@scripts/install-packages $(BUILD_PACKAGES) $(if $(REMOTE),$(REMOTE_PACKAGES))

test-deps:
	@scripts/install-packages $(BUILD_PACKAGES) $(REMOTE_PACKAGES) $(TEST_PACKAGES)

bench-deps:
	@scripts/install-packages $(BUILD_PACKAGES) $(REMOTE_PACKAGES) $(BENCH_PACKAGES)

# The front is the entry point; it starts the full program if it cannot serve a call: see
# docs/decisions.md. The linker warns about getgrgid_r and similar functions in the argument parser's
# Foundation, which are never called.
build: deps
	@front=$$(scripts/build-front .build/front) && \
	  flags="$(STATIC) -Xlinker $$front -Xlinker -e -Xlinker front_start" && \
	  { $(SWIFT) build $$flags 2>&1 | scripts/quiet-link; } && mkdir -p bin && \
	  strip -o bin/cachetronomy "$$($(SWIFT) build $$flags --show-bin-path)/cachetronomy"
	@ls -lh bin/cachetronomy | awk '{print "bin/cachetronomy: " $$5 "B"}'

demo: build
	@scripts/demo bin/cachetronomy

test: test-deps
	$(SWIFT) build --build-tests --traits Remote \
	  --explicit-target-dependency-import-check error
	@SWIFT='$(SWIFT)' scripts/test --skip-build --traits Remote

# TIME in seconds; SEED repeats a run.
torture: build
	@Tests/torture bin/cachetronomy $(or $(TIME),600) $(SEED)

# Makes each call of the C library fail. All cases take hours; CASES selects that many by SEED.
faults: test-deps
	$(SWIFT) build --build-tests --traits Remote
	@Tests/faults .build/debug/cachetronomy $(or $(CASES),0) $(or $(SEED),1)

# Tests of the static release binary.
test-release:
	@$(MAKE) build REMOTE=1
	@Tests/release bin/cachetronomy
	@Tests/front bin/cachetronomy
	@Tests/front-differences bin/cachetronomy 200

# COUNT inputs for each parser, LINES of commands, STORES damaged, TRACES of scripts; SEED repeats a run. The optimized build
# keeps traps and is ten times faster.
FUZZ := -c release --build-path .build-fuzz --traits Remote -Xswiftc -enable-testing
fuzz: test-deps
	$(SWIFT) build --build-tests $(FUZZ)
	FUZZ_COUNT=$(or $(COUNT),1000000) FUZZ_LINES=$(or $(LINES),20000) \
	  FUZZ_SEED=$(or $(SEED),1) \
	  $(SWIFT) test --skip-build $(FUZZ) --filter 'FuzzTests|RunLineTests|FrontLineTests|ManifestDifferenceTests'
	Tests/damage .build-fuzz/release/cachetronomy $(or $(STORES),20000) $(or $(SEED),1)
	Tests/trace-differences .build-fuzz/release/cachetronomy $(or $(TRACES),10000) $(or $(SEED),1)

# Runs the library tests under the thread and address sanitizers.
sanitize: test-deps
	@scripts/sanitize thread
	@scripts/sanitize address

# Measures line coverage; fails below 90 % for the library.
coverage: test-deps
	@scripts/coverage 90

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests
	@scripts/lint-house

# Takes half an hour. The document is replaced only if all benchmarks complete.
bench: bench-deps
	@$(MAKE) build REMOTE=1
	@Benchmarks/all bin/cachetronomy > docs/benchmarks.md.new
	@mv docs/benchmarks.md.new docs/benchmarks.md

# Generates the table of ignored variables for the front.
front-names:
	@scripts/ignored-names > Sources/CachetronomyFront/IgnoredNameTable.swift.new
	@mv Sources/CachetronomyFront/IgnoredNameTable.swift.new Sources/CachetronomyFront/IgnoredNameTable.swift

completions:
	@$(SWIFT) build --traits Remote --product cachetronomy
	@for shell in bash zsh fish; do \
	  .build/debug/cachetronomy --generate-completion-script $$shell > completions/cachetronomy.$$shell; \
	done

# Builds a Debian package: bin/cachetronomy_VERSION_ARCH.deb.
deb: build
	@scripts/install-packages dpkg-dev lintian
	@scripts/deb "$$(bin/cachetronomy --version)"

# Builds and fetches nothing: root may have no Swift.
install:
	@scripts/check-built bin/cachetronomy
	@$(MAKE) -s --no-print-directory install-files
	@scripts/install-notes $(PREFIX)

install-files:
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man7 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d \
	  $(DESTDIR)$(PREFIX)/share/doc/cachetronomy/profiles $(DESTDIR)$(PREFIX)/$(UNITS)
	install -m 755 bin/cachetronomy $(DESTDIR)$(PREFIX)/bin/cachetronomy
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 644 completions/cachetronomy.bash \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/cachetronomy
	install -m 644 completions/cachetronomy.zsh \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_cachetronomy
	install -m 644 completions/cachetronomy.fish \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/cachetronomy.fish
	install -m 644 profiles/*.yaml profiles/*.json $(DESTDIR)$(PREFIX)/share/doc/cachetronomy/profiles
	@prefix=$(PREFIX); for unit in contrib/systemd/*; do \
	  sed "s|/usr/bin/env cachetronomy|$$prefix/bin/cachetronomy|" $$unit > $(DESTDIR)$(PREFIX)/$(UNITS)/$${unit##*/} && \
	  chmod 644 $(DESTDIR)$(PREFIX)/$(UNITS)/$${unit##*/}; \
	done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/cachetronomy \
	  $(DESTDIR)$(PREFIX)/share/man/man1/cachetronomy.1 \
	  $(DESTDIR)$(PREFIX)/share/man/man1/cachetronomy-*.1 \
	  $(DESTDIR)$(PREFIX)/share/man/man5/cachetronomy-profile.5 \
	  $(DESTDIR)$(PREFIX)/share/man/man7/cachetronomy.7 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/cachetronomy \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_cachetronomy \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/cachetronomy.fish \
	  $(DESTDIR)$(PREFIX)/$(UNITS)/cachetronomy-*
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/cachetronomy

clean:
	rm -rf .build bin
