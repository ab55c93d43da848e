#include "consensus/rules/script_flags.h"

namespace sluice::rules {

script::Flags block_script_flags(const ChainParams& params, const HeaderView& parents, VersionBits& version_bits) {
    const int64_t height = int64_t{parents.height()} + 1;
    script::Flags flags = script::kVerifyP2sh | script::kVerifyWitness | script::kVerifyTaproot;
    if (height >= params.bip66_height) flags |= script::kVerifyDerSig;
    if (height >= params.bip65_height) flags |= script::kVerifyCheckLockTimeVerify;
    if (height >= params.csv_height) flags |= script::kVerifyCheckSequenceVerify;
    if (height >= params.segwit_height) flags |= script::kVerifyNullDummy;
    if (version_bits.active_after(parents, Deployment::kDynafed)) flags |= script::kVerifySighashRangeproof;
    if (version_bits.active_after(parents, Deployment::kSimplicity)) flags |= script::kVerifySimplicity;
    return flags;
}

}  // namespace sluice::rules
