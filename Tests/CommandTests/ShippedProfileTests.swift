import Foundation
import Testing

@testable import Cachetronomy
@testable import CommandCache

/// The profiles that come with the tool: what they keep, and what they never answer.
@Suite struct ShippedProfileTests {
  private func profile(_ name: String) throws -> Profile {
    let files = try [name, "default"].map { name in
      let path = "\(Sandbox.package)/profiles/\(name).yaml"
      return try ProfileFile([UInt8](Data(contentsOf: URL(fileURLWithPath: path))), path: path)
    }
    return try #require(
      try ProfileFile.flatten(name == "default" ? [files[0]] : files).first { $0.name == name })
  }

  /// Whether a command is kept, as `profile match` says.
  private func isKept(_ line: String, _ profile: Profile) throws -> Bool {
    let words = try ShellWords.split(line).map { Array($0.utf8) }
    let plan = try ResolvedCommand(.words(words), profile: profile, flags: RunSettings())
    return plan.settings.cache != false
  }

  static let kept: [String: [String]] = [
    "default": ["anything at all"],
    "interactive": [
      "git log -3", "git describe --tags", "git branch --show-current", "kubectl completion zsh",
      "rg --help", "bat x", "kubectl config current-context", "docker context show",
      "gcloud config get-value project", "terraform workspace show", "node --version",
    ],
    "ci": [
      "git describe --tags", "git log -1", "git merge-base main HEAD", "make -n",
      "git rev-parse HEAD", "npm ls", "docker build .",
    ],
    "kubernetes": [
      "kubectl get pods", "/usr/bin/kubectl -n kube-system get pods -o wide",
      "kubectl --context=prod get deploy", "kubectl --context prod describe pod x",
      "kubectl top nodes", "kubectl api-resources", "kubectl version", "helm list -A",
      "helm status web", "kubectl cluster-info",
    ],
    "cloud": [
      "aws ec2 describe-instances", "aws --profile p ec2 describe-instances", "aws s3 ls s3://b",
      "aws iam list-users", "aws sts get-caller-identity", "gcloud compute instances list",
      "gcloud projects describe p", "az vm list -o table",
      "az account show", "az network vnet list",
    ],
    "github": [
      "gh pr list", "gh pr view 5 --json title", "gh issue list -L 5", "gh repo view a/b",
      "gh search code x", "gh api repos/a/b", "gh api -H 'Accept: x' /user --jq .login",
      "gh run list",
    ],
    "packages": [
      "apt list --installed", "apt-cache policy bash", "dpkg -L bash", "dpkg-query -W",
      "pip list", "pip3 show x", "pip index versions x", "npm view react version", "npm ls",
    ],
    "network": [
      "dig +short example.com", "host example.com", "whois example.com", "curl -fsSL https://e.x",
      "curl -s -H 'Accept: x' https://e.x", "wget -qO- https://e.x", "curl --head https://e.x",
    ],
  ]

  static let refused: [String: [String]] = [
    "interactive": [
      "git commit -m x", "git push", "git branch new", "git checkout a", "git stash",
      "git status", "git status -sb", "git describe --dirty", "git describe --always --dirt=x",
      "git describe --broken", "git log --output=f", "git log -g", "git log --walk-reflogs",
      "git log HEAD@{1}..", "git -C sub log", "git diff", "git ls-files -m", "man ls",
      "kubectl config use-context x", "kubectl config view --raw", "docker context use x",
      "gcloud config set project x", "terraform workspace select x",
    ],
    "ci": [
      "git push origin", "git -C sub push", "docker push x", "docker buildx build --push .",
      "npm publish", "npm -w x publish", "fly deploy", "make deploy x", "kubectl apply -f x",
      "python3 -m twine upload d", "terraform apply", "gh release create v1", "git tag v1",
      "git describe --dirty", "git diff --name-only", "git ls-files", "git status", "git show :x",
      "git rev-parse HEAD@{1}", "git rev-parse :x", "git checkout x", "git fetch",
    ],
    "kubernetes": [
      "kubectl apply -f x", "kubectl delete pod get", "kubectl get secret x -o yaml",
      "kubectl get pods,secrets", "kubectl get pods -w", "kubectl get -f x.yaml", "kubectl",
      "kubectl -n x delete get", "kubectl --context=get delete pod x", "kubectl edit deploy x",
      "kubectl exec x -- get y", "kubectl logs -f x", "kubectl -n a get secrets",
      "kubectl config current-context", "kubectl cluster-info dump --output-directory=d",
      "kubectl get pods -Aw", "kubectl get pods -w=true", "kubectl get -fx.yaml",
      "helm install get list", "helm upgrade x y", "helm get values x",
    ],
    "cloud": [
      "aws ec2 terminate-instances --instance-ids i", "aws s3 rm s3://b/list-x", "aws s3 cp a b",
      "aws iam delete-user --user-name list-users",
      "aws secretsmanager get-secret-value --secret x",
      "aws ecr get-login-password", "aws s3api get-object --bucket b k out",
      "aws ec2 describe-instances --cli-input-json file://x", "gcloud projects delete list",
      "gcloud compute ssh list", "gcloud compute instances delete list", "gcloud run deploy list",
      "gcloud sql connect list", "gcloud auth print-access-token", "az vm delete --name list",
      "az group create -n show", "az keyvault secret show --name x",
      "az account get-access-token", "gcloud config get-value project",
      "aws sts get-caller-identity --debug", "aws iam get-credential-report",
      "aws cognito-idp describe-user-pool-client --client-id x",
    ],
    "github": [
      "gh pr create -t list", "gh pr merge 5", "gh issue create", "gh repo delete list",
      "gh release create v1", "gh api -X POST repos/a/b", "gh api -XDELETE x", "gh api x -f a=b",
      "gh api graphql -f query=x", "gh api --method=PUT x", "gh api x --input f", "gh api x -iXPUT",
      "gh pr view --web", "gh pr view", "gh pr view -cw", "gh pr view 5 --web=true", "gh pr status",
      "gh auth token", "gh api repos/{owner}/{repo}/commits/{branch}", "gh run watch",
      "gh run rerun view",
    ],
    "packages": [
      "apt install list", "apt-get update", "apt remove show", "dpkg -i x.deb", "pip install list",
      "pip uninstall show", "npm install view", "npm run list", "npm publish", "pip download x",
    ],
    "network": [
      "curl -X POST https://e.x", "curl -XDELETE https://e.x", "curl -d a=b https://e.x",
      "curl -sd a=b https://e.x", "curl --data-raw x https://e.x", "curl --dat x https://e.x",
      "curl -o f https://e.x", "curl -fsSLo f https://e.x", "curl -O https://e.x",
      "curl --output=f https://e.x", "curl --request PUT https://e.x", "curl -F a=b https://e.x",
      "curl -T f https://e.x", "curl --json x https://e.x", "curl -K conf",
      "curl -c jar https://e.x", "curl --variable x=1 --expand-data {{x}} https://e.x",
      "curl --hsts f https://e.x", "curl -w %output{f}x https://e.x", "curl -sv https://e.x",
      "dig -y hmac:name:key example.com",
      "wget https://e.x", "wget -qO- --post-data=x https://e.x", "nslookup",
    ],
  ]

  @Test(arguments: kept.keys.sorted())
  func `what reads is kept`(name: String) throws {
    let profile = try profile(name)
    for line in Self.kept[name] ?? [] { #expect(try isKept(line, profile), "\(name): \(line)") }
  }

  @Test(arguments: refused.keys.sorted())
  func `what writes, follows or tells a secret is never answered`(name: String) throws {
    let profile = try profile(name)
    for line in Self.refused[name] ?? [] { #expect(try !isKept(line, profile), "\(name): \(line)") }
  }

  @Test func `the binary says the same, and every file has a table here`() throws {
    let outcome = try Sandbox().bash(
      """
      cachetronomy profile apply "$PACKAGE/profiles" -q; export CACHETRONOMY_PROFILE=kubernetes
      cachetronomy profile match --json -- kubectl get pods | grep -o '"cached":[a-z]*'
      cachetronomy profile match --json -- kubectl delete pod get | grep -o '"cached":[a-z]*'
      ls "$PACKAGE/profiles"/*.yaml | xargs -n1 basename -s .yaml
      """)
    #expect(outcome.lines == ["\"cached\":true", "\"cached\":false"] + Self.kept.keys.sorted())
  }

  /// A command with a key that cron would make like anybody: what people would put under `warm:`.
  @Test func `what the profiles for far away things keep can be warmed`() throws {
    for (name, line) in [
      ("kubernetes", "kubectl get pods"), ("cloud", "aws ec2 describe-instances"),
      ("network", "dig example.com"), ("github", "gh search code x"),
    ] {
      let words = try ShellWords.split(line).map { Array($0.utf8) }
      let plan = try ResolvedCommand(
        .words(words), profile: try profile(name), flags: RunSettings())
      #expect(
        plan.settings.env != nil && plan.settings.cwd == RunSettings.Directory.none, "\(name)")
    }
  }
}
