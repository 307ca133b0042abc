package image

import "encoding/binary"

// Places in a WebP file: the first chunk stands behind the file's header, and
// a frame of an animation has a header of its own before its chunks.
const (
	webpChunks   = 12
	frameHeader  = 16
	webpExtended = "VP8X"
	webpAnimated = 0x02
	webpAlpha    = 0x10
)

// stillWebP gives a file of the first frame of an animation, and any other file
// as it is.
func stillWebP(data []byte) (still []byte, animated bool) {
	head := chunk(data, webpChunks, webpExtended, binary.LittleEndian, 0)
	if len(head) < 10 || head[0]&webpAnimated == 0 {
		return data, false
	}
	frame := chunk(data, webpChunks, "ANMF", binary.LittleEndian, 0)
	if len(frame) <= frameHeader {
		return data, true // what decodes it says what is wrong
	}
	extended := append([]byte(webpExtended), 10, 0, 0, 0, webpAlpha, 0, 0, 0)
	extended = append(extended, frame[6:12]...) // width and height of the frame
	body := append(append([]byte("WEBP"), extended...), frame[frameHeader:]...)
	if len(frame) >= frameHeader+4 && string(frame[frameHeader:frameHeader+4]) != "ALPH" {
		body = append([]byte("WEBP"), frame[frameHeader:]...)
	}
	still = binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)))
	return append(still, body...), true
}
