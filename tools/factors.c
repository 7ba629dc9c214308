/* factors NUMBER: prints the prime factors of a whole number from 2 to 9007199254740991.
 *
 * Compile it first:
 *   cc -O2 -o tools/factors tools/factors.c
 *
 * The limit, 2^53 - 1, is the largest number up to which every reader of JSON keeps all exactly. The worst case is a
 * prime near it: 47 million divisions, less than a second.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LIMIT UINT64_C(9007199254740991)

/* Reads decimal digits and nothing else: no sign, no space, no exponent. False when there is anything else. */
static bool read_number(const char *text, uint64_t *number) {
    uint64_t value = 0;
    if (*text == '\0') return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') return false;
        if (value <= LIMIT) value = value * 10 + (uint64_t)(*text - '0'); /* beyond the limit it stays beyond it */
    }
    *number = value;
    return true;
}

/* Prints "prime^count" if the prime divides the number at all, and gives the number without that factor. */
static uint64_t divide_out(uint64_t number, uint64_t prime) {
    static const char *separator = ""; /* nothing before the first factor */
    int count = 0;
    while (number % prime == 0) {
        number /= prime;
        count++;
    }
    if (count > 0) {
        printf("%s%" PRIu64, separator, prime);
        if (count > 1) printf("^%d", count);
        separator = " * ";
    }
    return number;
}

int main(int count, char **arguments) {
    const char *usage = "usage: factors NUMBER\n";
    if (count == 2 && strcmp(arguments[1], "--help") == 0) return fputs(usage, stdout) == EOF;
    if (count != 2) {
        fputs(usage, stderr);
        return 2;
    }

    uint64_t number;
    if (!read_number(arguments[1], &number)) {
        fprintf(stderr, "factors: not a whole number: \"%s\"\n", arguments[1]);
        return 1;
    }
    if (number < 2 || number > LIMIT) {
        fprintf(stderr, "factors: not from 2 to %" PRIu64 ": %s\n", LIMIT, arguments[1]);
        return 1;
    }

    printf("%" PRIu64 " = ", number);
    number = divide_out(number, 2);
    for (uint64_t divisor = 3; divisor * divisor <= number; divisor += 2) number = divide_out(number, divisor);
    if (number > 1) divide_out(number, number); /* what no smaller prime divides is prime itself */
    putchar('\n');

    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("factors: cannot write");
        return 1;
    }
    return 0;
}
