// Frames of other members: whatever decodes encodes to the same bytes, and evidence and certificates can be looked at.
#include <cstdlib>

#include "federation/agreement/ecdsa_verifier.h"
#include "federation/agreement/messages.h"

using namespace sluice;
using namespace sluice::agreement;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto frame = decode_frame({data, size});
    if (!frame) return 0;
    if (!equal(encode_frame(*frame), {data, size})) std::abort();
    Committee committee;
    committee.threshold = 2;
    committee.keys = {Bytes(33, 2), Bytes(33, 3), Bytes(33, 4)};
    const EcdsaVerifier verifier;
    if (const auto* cert = std::get_if<Cert>(&frame->message)) (void)verify_cert(committee, verifier, *cert);
    if (const auto* evidence = std::get_if<Evidence>(&frame->message))
        (void)verify_evidence(committee, verifier, *evidence);
    return 0;
}
