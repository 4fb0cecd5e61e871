#include "CPrograms.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char upload_sh[] = {
#embed "programs/upload.sh"
};
static const unsigned char end_sh[] = {
#embed "programs/end.sh"
};
static const unsigned char checks_sh[] = {
#embed "programs/checks.sh"
};
static const unsigned char facts_sh[] = {
#embed "programs/facts.sh"
};

#pragma clang diagnostic pop

#define PROGRAM(name) ((baton_program){name, sizeof name})

baton_program baton_upload_sh(void) { return PROGRAM(upload_sh); }
baton_program baton_end_sh(void) { return PROGRAM(end_sh); }
baton_program baton_facts_sh(void) { return PROGRAM(facts_sh); }
baton_program baton_checks_sh(void) { return PROGRAM(checks_sh); }
