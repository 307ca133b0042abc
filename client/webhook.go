package client

import (
	"fmt"
	"net/http"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// VerifyWebhook says whether a webhook's body comes from a server that has the
// secret (`whsec_…`) and is not older than five minutes, and if not, why. After
// a rotation two secrets hold for a while: give both.
func VerifyWebhook(body []byte, header http.Header, secrets ...string) error {
	err := fmt.Errorf("no secret given")
	for _, secret := range secrets {
		hook, made := standardwebhooks.NewWebhook(secret)
		if made != nil {
			return fmt.Errorf("read the secret: %w", made)
		}
		if err = hook.Verify(body, header); err == nil {
			return nil
		}
	}
	return fmt.Errorf("the webhook is not genuine: %w", err)
}
