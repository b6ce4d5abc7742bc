package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Bounds of what is read.
const (
	maxFile  = 1 << 20
	maxFiles = 1000
)

const suffix = ".toml"

// Store is where profiles are: a folder with a file for each. It need not exist before something is saved.
type Store struct {
	Dir string // such as ~/.config/authscope/profiles
}

// Entry is a profile of a store, or why it is none.
type Entry struct {
	Name     string
	Path     string
	Profile  Profile
	Warnings []string // keys that are not known, a file that others can read
	Err      error    // then Profile is empty; often a *[SyntaxError]
}

// Path returns where the profile of this name is, or would be.
func (s Store) Path(name string) string { return filepath.Join(s.Dir, name+suffix) }

// List returns every profile by name. A broken one has its error and stops no other; the error of List itself is about
// the folder.
func (s Store) List() ([]Entry, error) {
	root, err := os.OpenRoot(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the profiles: %w", err)
	}
	defer root.Close()
	names, err := s.names(root)
	var list []Entry
	for _, name := range names {
		e, _, _ := s.load(root, name)
		list = append(list, e)
	}
	return list, err
}

// Load returns the profile of this name. Its case does not matter where that leaves one.
func (s Store) Load(name string) (Entry, error) {
	if err := CheckName(name); err != nil {
		return Entry{Name: name, Err: err}, err
	}
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		err = s.unknown(name, nil, err)
		return Entry{Name: name, Path: s.Path(name), Err: err}, err
	}
	defer root.Close()
	names, err := s.names(root)
	found, ok := match(names, name)
	if !ok {
		err := s.unknown(name, names, errors.Join(fs.ErrNotExist, err))
		return Entry{Name: name, Path: s.Path(name), Err: err}, err
	}
	e, _, err := s.load(root, found)
	return e, err
}

// unknown says that there is no such profile, and which there are.
func (s Store) unknown(name string, names []string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read profile %s: %w", name, err)
	}
	there := "there is none yet"
	if len(names) > 0 {
		there = "there are " + strings.Join(names[:min(len(names), 20)], ", ")
	}
	return &notFound{fmt.Sprintf("there is no profile %q in %s: %s", name, s.Dir, there)}
}

// notFound is fs.ErrNotExist in words of ours.
type notFound struct{ text string }

func (e *notFound) Error() string        { return e.text }
func (e *notFound) Is(target error) bool { return target == fs.ErrNotExist }

// names lists the profiles of the folder.
func (s Store) names(root *os.Root) (names []string, err error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, fmt.Errorf("list the profiles: %w", err)
	}
	defer dir.Close()
	files, err := dir.ReadDir(maxFiles * 4)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("list the profiles in %s: %w", s.Dir, err)
	}
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), suffix); ok && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) > maxFiles {
		return names[:maxFiles], fmt.Errorf("there are more than %d profiles in %s: the first are listed", maxFiles, s.Dir)
	}
	return names, nil
}

// match finds a name as it is, or the one that differs in case alone: some systems keep no two such files.
func match(names []string, name string) (string, bool) {
	if slices.Contains(names, name) {
		return name, true
	}
	i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// load reads one file.
func (s Store) load(root *os.Root, name string) (e Entry, src []byte, err error) {
	e = Entry{Name: name, Path: s.Path(name)}
	defer func() { e.Err = err }()
	if err := CheckName(name); err != nil {
		return e, nil, err
	}
	src, mode, err := readFile(root, name+suffix)
	for range 10 { // somebody saves at the same time: the next attempt finds the new file
		if !errors.Is(err, errReplaced) {
			break
		}
		src, mode, err = readFile(root, name+suffix)
	}
	if err != nil {
		return e, nil, fmt.Errorf("read profile %s: %w", e.Path, err)
	}
	if runtime.GOOS != "windows" && mode.Perm()&0o077 != 0 {
		e.Warnings = append(e.Warnings, fmt.Sprintf("the file can be read by others (mode %04o): chmod 600 %s", mode.Perm(), e.Path))
	}
	p, warnings, err := decode(e.Path, src)
	if err != nil {
		return e, src, err
	}
	e.Profile, e.Warnings = p, append(e.Warnings, warnings...)
	return e, src, nil
}

// Save writes a profile; the file is the old one or the new one, whole. What the person wrote into it stays: comments, order,
// and keys that are not known. A broken file is not written over. Of several that save at once the last one wins.
func (s Store) Save(name string, p Profile) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("save profile %s: %w", name, err)
	}
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return fmt.Errorf("save profile %s: %w", name, err)
	}
	defer root.Close()
	names, err := s.names(root)
	if err != nil {
		return err
	}
	if found, ok := match(names, name); ok {
		name = found
	}
	_, src, err := s.load(root, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("profile %s is left as it is, since it cannot be read: %w", name, err)
	}
	text, err := encode(s.Path(name), src, p)
	if err != nil {
		return fmt.Errorf("save profile %s: %w", name, err)
	}
	if len(text) > maxFile {
		return fmt.Errorf("save profile %s: it would have %d bytes, more than a profile can have (%d)", name, len(text), maxFile)
	}
	if src != nil && bytes.Equal(src, text) {
		return nil
	}
	if err := replace(root, name+suffix, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return fmt.Errorf("save profile %s: %w", name, err)
	}
	return nil
}

// Delete removes a profile; its secrets are in the [Vault], which forgets them by itself.
func (s Store) Delete(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return s.unknown(name, nil, err)
	}
	defer root.Close()
	names, _ := s.names(root)
	found, ok := match(names, name)
	if !ok {
		return s.unknown(name, names, fs.ErrNotExist)
	}
	if err := root.Remove(found + suffix); err != nil {
		return fmt.Errorf("remove profile %s: %w", found, err)
	}
	return nil
}
