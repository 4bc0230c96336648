// Signs and judges with the providers' own libraries for Node: a list of cases in, a list of answers out, as JSON.

const root = process.argv[2];
const twilio = require(`${root}/twilio`);
const jambonz = require(`${root}/@jambonz/schema`);

// Form fields as web frameworks hand them over: a key that comes twice has a list of values.
function fields(pairs) {
    const all = Object.create(null);
    for (const [key, value] of pairs) {
        all[key] = key in all ? [].concat(all[key], value) : value;
    }
    return all;
}

const libraries = {
    twilio: (c) =>
        "body" in c
            ? {
                  signature: twilio.getExpectedTwilioSignature(c.secret, c.url, {}),
                  accepts: twilio.validateRequestWithBody(c.secret, c.ours, c.url, c.body),
              }
            : {
                  signature: twilio.getExpectedTwilioSignature(c.secret, c.url, fields(c.fields)),
                  accepts: twilio.validateRequest(c.secret, c.ours, c.url, fields(c.fields)),
              },
    jambonz: (c) => jambonz.validateApp(c.document),
};

let text = "";
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => {
    console.log(JSON.stringify(JSON.parse(text).map((c) => libraries[c.library](c))));
});
