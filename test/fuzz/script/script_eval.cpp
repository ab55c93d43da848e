// Any bytes as a spend: scriptPubKey, scriptSig and witness under any flags. Templates, text and counts read the same
// script.
#include "codec/reader.h"
#include "consensus/primitives/transaction.h"
#include "consensus/script/asm.h"
#include "consensus/script/sigops.h"
#include "consensus/script/templates.h"
#include "consensus/script/verify.h"

using namespace sluice;
using namespace sluice::script;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Reader r(ByteView(data, size));
    Flags flags = r.u32();
    if ((flags & kVerifyCleanStack) != 0) flags |= kVerifyWitness;
    if ((flags & kVerifyWitness) != 0) flags |= kVerifyP2sh;
    const Script script_pubkey{r.var_bytes()};
    const Script script_sig{r.var_bytes()};
    WitnessStack witness;
    describe_stack(r, witness);
    if (!r.ok()) return 0;
    (void)verify_script(script_sig, script_pubkey, witness, flags, SignatureChecker{});
    (void)classify(script_pubkey.view(), true);
    (void)parse_pegout(script_pubkey.view());
    (void)to_asm(script_pubkey.view());
    (void)to_asm(script_sig.view(), true);
    (void)count_sigops(script_pubkey.view(), true);
    (void)count_witness_sigops(script_sig, script_pubkey, witness, kMandatoryFlags);
    return 0;
}
