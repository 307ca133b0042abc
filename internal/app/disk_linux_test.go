package app_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"docket/internal/testkit"
)

// diskSize names the variable that gives the program a data folder on a disk
// of its own: the size, perhaps the word full, and the folder.
const diskSize = "DOCKET_TEST_DISK"

// mountDisk makes the disk, in the name space that the program was started in.
func mountDisk(spec string) {
	words := strings.Fields(spec)
	size, folder := words[0], words[len(words)-1]
	engine := filepath.Join(os.Getenv("HOME"), "docket")
	err := syscall.Mount("disk", folder, "tmpfs", 0, "size="+size)
	if err == nil {
		err = errors.Join(os.MkdirAll(engine, 0o700), os.Symlink(engine, filepath.Join(folder, "cache")))
	}
	if err == nil && words[1] == "full" {
		for err == nil { // a page at a time, to the last one
			err = os.WriteFile(filepath.Join(folder, rand.Text()), make([]byte, 4096), 0o600)
		}
		if errors.Is(err, syscall.ENOSPC) {
			err = nil
		}
	}
	if err != nil {
		panic(fmt.Sprintf("mount a disk on %s: %v", folder, err))
	}
}

// onDisk starts the program in a name space of its own, where anyone may mount
// a disk; on systems that refuse that to users, root may.
func onDisk(t *testing.T, size, folder string) func(*exec.Cmd) {
	t.Helper()
	own := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	try := exec.CommandContext(t.Context(), "true")
	if try.SysProcAttr = own; try.Run() != nil {
		own = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	}
	return func(c *exec.Cmd) {
		c.Env = append(c.Env, diskSize+"="+size+" "+folder)
		c.SysProcAttr = own
	}
}

// disk is the program's, as it is seen from outside.
type disk struct {
	*server
	folder string
}

func (d disk) path(name string) string {
	return fmt.Sprintf("/proc/%d/root%s/%s", d.cmd.Process.Pid, d.folder, name)
}

// fill leaves so many bytes free.
func (d disk) fill(leave int64) {
	d.t.Helper()
	f, err := os.OpenFile(d.path("filler"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	chunk := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(chunk)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		err = f.Truncate(max(0, size-leave))
	}
	if err := errors.Join(err, f.Close()); err != nil {
		d.t.Fatal(err)
	}
}

func (d disk) files(pattern string) []string {
	d.t.Helper()
	found, err := filepath.Glob(d.path(pattern))
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

// On a full disk jobs can be read and none is taken; those that run wait for
// room and then go on. // contract J10
func TestFullDisk(t *testing.T) {
	folder := t.TempDir()
	d := disk{serveAs(t, folder, onDisk(t, "100m", folder), "--workers", "1", "--min-free", "1MB"), folder}
	ok := func(when string) {
		t.Helper()
		d.await(when+" it is ready", func() bool { return d.get("/readyz").StatusCode == http.StatusOK })
	}
	ok("with room")
	small := testkit.PDF("x")
	done := d.submit("small.pdf", small)
	d.wait(done)
	running := d.submit("long.pdf", testkit.LongPDF(2000))
	d.until(running, "processing")
	d.fill(0)

	d.await("full it says so", func() bool {
		a := d.get("/readyz")
		return a.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(a.body), "--min-free")
	})
	file, total := part{"file", "a.pdf", string(small)}, d.jobs()
	for name, a := range map[string]answer{
		"jobs":     d.post("/jobs", part{name: "operation", content: "parse"}, file),
		"parse":    d.post("/parse", file),
		"classify": d.post("/classify", part{"pdf_file", "a.pdf", string(small)}),
		"upload":   d.send("/v2/parse/upload", map[string]any{"file_name": "a.pdf"}),
		"platform": d.post("/v1/api/jobs", part{name: "type", content: "parse"}, file),
		"batch":    d.post("/jobs/batch", part{name: "jobs", content: `[{"operation":"parse","file":"one"}]`}, part{"one", "a.pdf", string(small)}),
		"rerun":    d.call("/jobs/" + done + "/rerun"),
		"a key":    d.keyedForm("k", "/parse", file),
	} {
		v := a.json(t)
		said := fmt.Sprint(v["detail"], at(v, "error", "message"))
		if a.StatusCode != http.StatusInsufficientStorage || !strings.Contains(said, "Failed to upload file to storage. Please try again.") {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	for _, path := range []string{"/jobs/" + done, "/jobs/" + done + "/result", "/jobs", "/jobs/" + done + "/events"} {
		if a := d.get(path); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	if got := d.jobs(); got != total {
		t.Errorf("%v jobs, and %v before", got, total)
	}
	// The running job finds no room, and cannot even say so.
	for !strings.Contains(d.stderr.String(), "no space left on device") {
		if status := d.get("/jobs/" + running).status(t); status != "processing" {
			t.Fatalf("the running job is %s\n%s", d.get("/jobs/"+running+"/events").body, d.stderr)
		}
		d.pause()
	}

	// Room for some, but not for this document: nothing of it stays.
	d.fill(3 << 20)
	before := d.files("blobs/*/*/*/*")
	large := strings.Repeat("x", 30<<20)
	if a := d.post("/parse", part{"file", "a.pdf", large}); a.StatusCode != http.StatusInsufficientStorage {
		t.Errorf("a large document: %d %s", a.StatusCode, a.body)
	}
	if half := d.files("blobs/tmp/*"); len(d.files("blobs/*/*/0/*")) > len(before) || d.jobs() != total {
		t.Errorf("left %v", half)
	}

	if err := os.Remove(d.path("filler")); err != nil {
		t.Fatal(err)
	}
	ok("with room again")
	if a := d.keyedForm("k", "/parse", file); a.StatusCode != http.StatusOK || a.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("with room again: %d %s", a.StatusCode, a.body)
	}
	if v := d.wait(running); v["status"] != "completed" || at(v, "progress", "total_pages") != 2000.0 {
		t.Errorf("the running job ended as %v", v)
	}
	if left := d.files("blobs/tmp/*"); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}
