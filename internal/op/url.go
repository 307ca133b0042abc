package op

import "docket/internal/safehttp"

// CheckURL tells without asking the network whether an input could be fetched
// from the address. The error is of code URLUnreachable with the fact "reason".
func CheckURL(address string) error { return safehttp.CheckURL(address) }
