package profile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func newStore(t *testing.T) Store {
	return Store{filepath.Join(t.TempDir(), "authscope", "profiles")}
}

func save(t *testing.T, s Store, name string, p Profile) {
	t.Helper()
	if err := s.Save(name, p); err != nil {
		t.Fatal(err)
	}
}

// put writes a file by hand.
func put(t *testing.T, s Store, file, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.Dir, file)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) {
	s := newStore(t)
	if list, err := s.List(); err != nil || len(list) != 0 {
		t.Errorf("a folder that is not there lists %v, %v", list, err)
	}
	if _, err := s.Load("x"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "there is none yet") {
		t.Errorf("Load without a folder: %v", err)
	}
	save(t, s, "staging", full())
	save(t, s, "prod", Profile{Issuer: "https://x"})
	e, err := s.Load("staging")
	if err != nil || e.Profile.Issuer != full().Issuer || len(e.Warnings) != 0 {
		t.Errorf("Load after Save: %+v, %v", e, err)
	}
	if _, err := s.Load("nobody"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "prod, staging") {
		t.Errorf("Load of an unknown name: %v, want the names that there are", err)
	}
	if err := s.Delete("prod"); err != nil {
		t.Error(err)
	}
	if err := s.Delete("prod"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Delete of what is gone: %v", err)
	}
	if list, _ := s.List(); len(list) != 1 || list[0].Name != "staging" {
		t.Errorf("the list is %v, want staging", list)
	}
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	s := newStore(t)
	save(t, s, "a", full())
	for path, want := range map[string]fs.FileMode{s.Path("a"): 0o600, s.Dir: 0o700} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v (%v)", path, st.Mode().Perm(), want, err)
		}
	}
	put(t, s, "open.toml", "issuer = 'https://x'\n", 0o644)
	e, err := s.Load("open")
	if err != nil || len(e.Warnings) != 1 || !strings.Contains(e.Warnings[0], "chmod 600") {
		t.Errorf("a file that others can read: %v, %v", e.Warnings, err)
	}
	save(t, s, "open", Profile{Issuer: "https://y"})
	if e, _ := s.Load("open"); len(e.Warnings) != 0 {
		t.Errorf("after a save it is still readable by others: %v", e.Warnings)
	}
}

// A broken profile stops no other, and is not written over.
func TestBrokenBesideOthers(t *testing.T) {
	s := newStore(t)
	put(t, s, "bad.toml", "issuer = \n", 0o600)
	put(t, s, "huge.toml", strings.Repeat("#", maxFile+1), 0o600)
	put(t, s, "CON.toml", "", 0o600)
	put(t, s, ".hidden.toml", "x", 0o600)
	put(t, s, "readme.txt", "x", 0o600)
	os.Mkdir(filepath.Join(s.Dir, "folder.toml"), 0o700)
	put(t, s, "target", "issuer = 'https://elsewhere'\n", 0o600)
	want := map[string]string{"bad": ":1:10:", "huge": "more than a profile", "CON": "device", "folder": "not a plain file", "good": ""}
	if runtime.GOOS != "windows" {
		os.Symlink("target", filepath.Join(s.Dir, "link.toml"))
		os.Symlink("/etc/passwd", filepath.Join(s.Dir, "away.toml"))
		want["link"], want["away"] = "symbolic link", "symbolic link"
		if makePipe(filepath.Join(s.Dir, "pipe.toml")) == nil {
			want["pipe"] = "not a plain file"
		}
	}
	save(t, s, "good", Profile{Issuer: "https://x"})
	list, err := s.List()
	if err != nil || len(list) != len(want) {
		t.Errorf("%d profiles are listed, want %d: %v %v", len(list), len(want), list, err)
	}
	for _, e := range list {
		says := want[e.Name]
		if (e.Err != nil) != (says != "") || e.Err != nil && !strings.Contains(e.Err.Error(), says) {
			t.Errorf("%s: %v, want %q", e.Name, e.Err, says)
		}
		if says == "" {
			continue
		}
		before, _ := os.Lstat(e.Path)
		if err := s.Save(e.Name, Profile{Issuer: "https://x"}); err == nil {
			t.Errorf("%s was written over", e.Name)
		}
		if after, err := os.Lstat(e.Path); err != nil || after.Size() != before.Size() || after.Mode() != before.Mode() {
			t.Errorf("%s changed: %v", e.Name, err)
		}
	}
	if b, _ := os.ReadFile(filepath.Join(s.Dir, "target")); string(b) != "issuer = 'https://elsewhere'\n" {
		t.Errorf("what a link leads to was changed: %q", b)
	}
}

func TestNames(t *testing.T) {
	s := newStore(t)
	for _, name := range []string{"", ".", "..", ".x", "-x", "a/b", `a\b`, "../x", "/etc/passwd", "con", "NUL.txt", "com1", "LPT9.a", "a b", "x\x00", "ü", "x.", strings.Repeat("x", 65), "a:b", "a\nb"} {
		if CheckName(name) == nil {
			t.Errorf("name %q is accepted", name)
		}
		_, err := s.Load(name)
		for what, err := range map[string]error{"Save": s.Save(name, Profile{}), "Load": err, "Delete": s.Delete(name)} {
			if err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s(%q): %v, want that the name is refused", what, name, err)
			}
		}
	}
	for _, name := range []string{"a", "staging-2", "my_app.v1", "console", "com10", strings.Repeat("x", 64)} {
		if err := CheckName(name); err != nil {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if _, err := os.Stat(s.Dir); err == nil {
		t.Error("a refused name made the folder")
	}
}

// Names that differ in case alone are one profile, as they are on other systems.
func TestCase(t *testing.T) {
	s := newStore(t)
	save(t, s, "Staging", Profile{Issuer: "https://a"})
	save(t, s, "staging", Profile{Issuer: "https://b"})
	e, err := s.Load("STAGING")
	if list, _ := s.List(); err != nil || len(list) != 1 || e.Name != "Staging" || e.Profile.Issuer != "https://b" {
		t.Errorf("%v: %+v %v", list, e, err)
	}
	if err := s.Delete("staging"); err != nil {
		t.Error(err)
	}
}

// A write that fails half way leaves the old file, and nothing beside it.
func TestFailedWrite(t *testing.T) {
	s := newStore(t)
	save(t, s, "a", Profile{Issuer: "https://old"})
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	full := errors.New("no space left on device")
	err = replace(root, "a.toml", func(w io.Writer) error {
		io.WriteString(w, "issuer = 'https://n")
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("the failure is not told: %v", err)
	}
	if e, err := s.Load("a"); err != nil || e.Profile.Issuer != "https://old" {
		t.Errorf("after a failed write: %+v, %v", e.Profile, err)
	}
	if files, _ := os.ReadDir(s.Dir); len(files) != 1 {
		t.Errorf("a failed write leaves files behind: %v", files)
	}
}

func TestFolderIsAFile(t *testing.T) {
	s := Store{filepath.Join(t.TempDir(), "x")}
	os.WriteFile(s.Dir, nil, 0o600)
	if err := s.Save("a", Profile{}); err == nil {
		t.Error("saved into a file")
	}
	if _, err := s.List(); err == nil {
		t.Error("listed a file")
	}
}

// Of several writers one wins whole, and a reader never sees half of a file.
func TestConcurrentSave(t *testing.T) {
	s := newStore(t)
	save(t, s, "a", Profile{Issuer: "https://w0", ClientID: "w0"})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			id := fmt.Sprintf("w%d", w)
			for range 20 {
				if err := s.Save("a", Profile{Issuer: "https://" + id, ClientID: id, Note: strings.Repeat(id, 500*w)}); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 60 {
				e, err := s.Load("a")
				if err != nil || e.Profile.Issuer != "https://"+e.Profile.ClientID {
					t.Errorf("a mix was read: %+v, %v", e.Profile, err)
				}
			}
		})
	}
	wg.Wait()
	if files, _ := os.ReadDir(s.Dir); len(files) != 1 {
		t.Errorf("files are left behind: %v", files)
	}
}
