package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"authscope/flow/diagnose"
	"authscope/flow/diagnose/provider"
)

// maxPresets bounds the files that are read.
const maxPresets = 100

// reader returns what reads findings: with the presets in the folder providers beside that of the profiles, where there
// are any. A file that cannot be used is said, with its line, and what is built in stands.
func (w *World) reader() diagnose.Reader {
	if w.read == nil {
		d := diagnose.Reader{}
		files, err := w.presetFiles()
		if err != nil {
			w.say("%v", err)
		}
		if len(files) > 0 {
			var errs []error
			d.Presets, errs = provider.Default().With(files)
			for _, err := range errs {
				w.say("%v: the file is not used, what is built in stands", err)
			}
		}
		w.read = &d
	}
	return *w.read
}

// presetFiles reads the folder of the person's own presets. That there is none is no error.
func (w *World) presetFiles() (files []provider.File, err error) {
	store, err := w.profiles()
	if err != nil {
		return nil, nil // there is nowhere to look
	}
	dir := filepath.Join(filepath.Dir(store.Dir), "providers")
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the presets of providers: %w", err)
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("list the presets of providers: %w", err)
	}
	for _, e := range entries[:min(len(entries), 10*maxPresets)] {
		if !strings.HasSuffix(e.Name(), ".json") || len(files) == maxPresets {
			continue
		}
		f, err := readPreset(root, e.Name())
		if err != nil {
			w.say("%s: %v", filepath.Join(dir, e.Name()), err)
			continue
		}
		files = append(files, provider.File{Name: filepath.Join(dir, e.Name()), Data: f})
	}
	return files, nil
}

func readPreset(root *os.Root, name string) ([]byte, error) {
	st, err := root.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !st.Mode().IsRegular():
		return nil, errors.New("it is no file")
	case st.Size() > provider.MaxFile:
		return nil, fmt.Errorf("it has %d bytes, more than such a file can have (%d)", st.Size(), provider.MaxFile)
	}
	return root.ReadFile(name)
}
