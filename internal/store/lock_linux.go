package store

import "golang.org/x/sys/unix"

// networkFileSystem names the file system of the folder when it is one whose
// locks and shared memory cannot be relied on.
func networkFileSystem(folder string) (string, bool) {
	var fs unix.Statfs_t
	if unix.Statfs(folder, &fs) != nil {
		return "", false
	}
	switch fs.Type {
	case unix.NFS_SUPER_MAGIC:
		return "NFS", true
	case unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC:
		return "SMB", true
	case unix.CEPH_SUPER_MAGIC:
		return "Ceph", true
	case unix.AFS_SUPER_MAGIC:
		return "AFS", true
	}
	return "", false
}
