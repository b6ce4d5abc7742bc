package profile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

var errReplaced = errors.New("it was replaced while it was read: try again")

// readFile reads a plain file and nothing else: a link may lead to a secret, a pipe blocks for ever.
func readFile(root *os.Root, file string) ([]byte, fs.FileMode, error) {
	st, err := root.Lstat(file)
	switch {
	case err != nil:
		return nil, 0, err
	case st.Mode()&fs.ModeSymlink != 0:
		return nil, 0, errors.New("it is a symbolic link: a profile is a plain file")
	case !st.Mode().IsRegular():
		return nil, 0, errors.New("it is not a plain file")
	case st.Size() > maxFile:
		return nil, 0, fmt.Errorf("it has %d bytes, more than a profile can have (%d)", st.Size(), maxFile)
	}
	f, err := root.Open(file)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	if now, err := f.Stat(); err != nil || !os.SameFile(st, now) {
		return nil, 0, errReplaced
	}
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(src) > maxFile {
		err = errors.New("it grows while it is read")
	}
	return src, st.Mode(), err
}

// replace writes a file beside the one called name and then renames it: whoever reads sees the old one or the new one.
func replace(root *os.Root, name string, write func(io.Writer) error) (err error) {
	temp := ".authscope-" + rand.Text()
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			root.Remove(temp)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := root.Rename(temp, name); err != nil {
		return err
	}
	if dir, err := root.Open("."); err == nil { // the rename is to outlive a power cut, where the system can do that
		dir.Sync()
		dir.Close()
	}
	return nil
}
